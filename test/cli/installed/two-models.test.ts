import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../support/free-ports.ts';
import { echo, MANIFEST, OFFLINE, packPackage, projectWith, SERVERLESS } from '../../support/installed.ts';
import { removeFolders, start } from '../../support/project.ts';
import { type Resource, readTemplate, serverless, type Template } from '../../support/stack.ts';

let tarball: string;

beforeAll(async () => {
  tarball = await packPackage();
}, 120_000);

afterAll(removeFolders, 60_000);

describe('a project with two models', () => {
  let project: string;
  let template: Template;

  beforeAll(async () => {
    const models = `
models:
  Fraud:
  BigScorer:
    path: score
    memory: 2048
    environment:
      PREDICTIVE_UNIT_PARAMETERS: '[{"name": "factor", "value": "3", "type": "INT"}]'
      STATE_OVERFLOW_URL: s3://weights/scorer/
`;
    project = await projectWith(tarball, {
      'package.json': MANIFEST,
      'serverless.yml': SERVERLESS + models,
      'models/Fraud.ts': echo('Fraud'),
      'models/BigScorer.ts': echo('BigScorer'),
    });
    const made = await serverless(project, ['package']);
    expect(made, made.text).toMatchObject({ code: 0 });
    template = readTemplate(project);
  }, 120_000);

  const functionsOf = ({ Resources }: Template) =>
    Object.fromEntries(
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::Lambda::Function')
        .map(({ Properties }) => [Properties.FunctionName, Properties]),
    );
  const own = ['predict', 'send-feedback', 'health', 'metadata', 'metrics', 'openapi'];

  test('has functions of each model, and those that load none once', () => {
    expect(Object.keys(functionsOf(template)).sort()).toEqual(
      [...own, ...own.map((name) => `score-${name}`), 'ping', 'docs', 'not-found']
        .map((name) => `shop-dev-${name}`)
        .sort(),
    );
  });

  test('gives each its environment, memory, role and unit id', () => {
    const { 'shop-dev-predict': first, 'shop-dev-score-predict': second } = functionsOf(template);
    expect(first.Environment.Variables).toMatchObject({ MODEL_NAME: 'Fraud', PREDICTIVE_UNIT_ID: 'fraud' });
    expect(first.Environment.Variables).not.toHaveProperty('STATE_OVERFLOW_URL');
    expect(second.Environment.Variables).toMatchObject({
      MODEL_NAME: 'BigScorer',
      PREDICTIVE_UNIT_ID: 'score',
      STATE_OVERFLOW_URL: 's3://weights/scorer/',
      STATE_URL: first.Environment.Variables.STATE_URL,
    });
    expect([first.MemorySize, second.MemorySize]).toEqual([1024, 2048]);
    const policyOf = ({ Role }: Resource['Properties']) =>
      JSON.stringify(template.Resources[Role['Fn::GetAtt'][0]]?.Properties.Policies);
    expect(policyOf(second)).toContain('weights/scorer/');
    expect(policyOf(first)).not.toContain('weights');
  });

  test('has the plain paths for the first, and paths with a prefix for each', () => {
    const paths = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
      .map(({ Properties }) => Properties);
    const targetOf = (key: string) =>
      JSON.stringify(paths.find(({ RouteKey }) => RouteKey === key)?.Target['Fn::Join']);
    expect(targetOf('ANY /fraud/predict')).toEqual(targetOf('ANY /predict'));
    expect(targetOf('ANY /score/predict')).toContain('Score');
    expect(targetOf('ANY /score/docs')).toEqual(targetOf('ANY /docs'));
    const open = paths.filter(
      ({ AuthorizationType }) => AuthorizationType === undefined || AuthorizationType === 'NONE',
    );
    const openKeys = open.map(({ RouteKey }) => RouteKey).filter((key: string) => key.startsWith('ANY'));
    expect(openKeys).toContain('ANY /score/health/ping');
    expect(openKeys).not.toContain('ANY /score/predict');
  });

  test('has both models in one zip, and says where each is', () => {
    const entries = Object.keys(unzipSync(readFileSync(join(project, 'dist/model.zip'))));
    expect(entries.filter((path) => path.startsWith('models/'))).toEqual([
      'models/BigScorer.mjs',
      'models/Fraud.mjs',
    ]);
    expect(template.Outputs).toMatchObject({ ModelName: { Value: 'Fraud,BigScorer' } });
    expect(JSON.stringify(template.Outputs.ScoreUrl)).toContain('/score');
  });

  test('is served on this machine, each with its parameters and its state', async () => {
    const [httpPort, lambdaPort] = await freePorts(2);
    const server = start(
      project,
      [...OFFLINE, '--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`],
      {
        SLS_LOG_LEVEL: 'warning',
      },
    );
    onTestFinished(async () => {
      server.process.kill();
      await server.ended;
    });
    await server.says(/try it/);
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"data":{"ndarray":[[7]]}}',
      });
      return (await answer.json()) as { data: { ndarray: unknown }; meta: { requestPath: object } };
    };
    expect(await ask('/predict')).toMatchObject({ data: { ndarray: [[1, 7]] } });
    expect(await ask('/fraud/predict')).toMatchObject({ data: { ndarray: [[1, 7]] } });
    const scored = await ask('/score/predict');
    expect(scored.data.ndarray).toEqual([[3, 7]]);
    expect(Object.keys(scored.meta.requestPath)).toEqual(['score']);
    const openapi = await (await fetch(`http://127.0.0.1:${httpPort}/score/seldon.json`)).json();
    expect(openapi).toMatchObject({ info: { title: 'BigScorer' }, servers: [{ url: '/score' }] });
    expect(server.text()).toContain(`BigScorer at http://127.0.0.1:${httpPort}/score\n`);
    writeFileSync(
      join(project, 'serverless.yml'),
      `${readFileSync(join(project, 'serverless.yml'), 'utf8')}\n`,
    );
    await server.says(/^serverless\.yml has changed: stop this server and start it again to serve that$/m);
  });
});
