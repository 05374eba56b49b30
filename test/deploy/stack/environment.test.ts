import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Stack } from '../../../src/deploy/serverless-types.ts';
import { checkEnvironment } from '../../../src/deploy/stack/environment.ts';
import { checkNames } from '../../../src/deploy/stack/names.ts';
import { copyProject } from '../../support/project.ts';
import { serverless, templatePath } from '../../support/stack.ts';
import { inTurn, openLanes } from '../../support/templates.ts';

openLanes();

/** The sentences about an environment, one line each; empty when it is good. */
async function mistakesIn(environment: Record<string, string>, localUrls = 'false'): Promise<string> {
  const stack = {
    provider: { environment },
    functions: { predict: { events: [] } },
    parameters: { localUrls, tokenHeader: 'none' },
  } as unknown as Stack;
  try {
    await checkEnvironment(stack);
    return '';
  } catch (error) {
    expect((error as Error).name).toBe('UserError');
    return (error as Error).message;
  }
}

describe('a variable that the functions could not use is refused before anything is made', () => {
  test.each([
    ['METRICS_FLUSH_MS', '5s', 'is "5s"; expected a whole number of milliseconds'],
    ['SELDON_LOG_LEVEL', 'LOUD', /^is "LOUD"; expected one of DEBUG, /],
    ['PREDICTIVE_UNIT_PARAMETERS', '{', /^is not JSON: /],
    [
      'PREDICTIVE_UNIT_PARAMETERS',
      '[{"name":"a","type":"INT","value":"x"}]',
      ': parameter a: value "x" is not a valid INT',
    ],
    ['MODEL_METADATA', 'name', ': expected a mapping in JSON or YAML, such as {name: my-model}'],
    ['MODEL_METADATA', '{"name":', ': expected a mapping in JSON or YAML, such as {name: my-model}'],
    ['MODEL_METADATA', 'versions: 3', /^: .*versions/],
    ['PREDICTOR_LABELS', '[1]', ': expected a JSON object, such as {"version": "1"}'],
    [
      'CORS_ALLOWED_ORIGINS',
      '*, b.example',
      'has b.example; expected origins such as https://a.example, or *',
    ],
    ['CORS_ALLOWED_ORIGINS', 'https://b.example/', /^has https:\/\/b.example\/; expected origins/],
    ['CORS_ALLOWED_HEADERS', 'x mine', 'has x mine; expected names of headers'],
    [
      'STATE_URL',
      'mongodb://user:secret@host',
      /^is mongodb:\/\/\*\*\*@host; expected a URL of dynamodb:\/\//,
    ],
    ...['s3://My-Models/iris', 's3://b/k', 's3://my_models/iris'].flatMap((url): [string, string, RegExp][] =>
      ['MODEL_URI', 'STATE_URL', 'BATCH_OUTPUT_URL'].map((name) => [
        name,
        url,
        /; expected s3:\/\/bucket\/prefix, with the name of a bucket: 3 to 63 small letters, digits, hyphens and dots$/,
      ]),
    ),
    ['STATE_URL', 'dynamodb://', 'is dynamodb://; expected a name after dynamodb://'],
    ...['redis://u:12#secret@host', 'rediss://host?password=secret', 'redis://host/state'].map(
      (url): [string, string, RegExp] => [
        'STATE_URL',
        url,
        /^is rediss?:(?!.*secret).*; expected rediss?:\/\/\[\[user\]:password@\]host\[:port\]\[\/database\], with %23/,
      ],
    ),
    ['MODEL_URI', 'dynamodb://table', 'is dynamodb://table; expected a URL of s3://, file://'],
    ['STATE_OVERFLOW_URL', 'bucket', 'is bucket; expected a URL of s3://'],
    ['PAYLOAD_LOG_URL', 'kafka://host', /^is kafka:\/\/host; expected a URL of sqs:\/\//],
    ['AWS_ENDPOINT_URL', 'host:4566', 'is host:4566; expected a URL of http://, https://'],
  ])('%s=%s', async (name, value, sentence) => {
    const said = await mistakesIn({ [name]: value });
    // A sentence of the configuration itself begins with these words.
    const rest = said.slice(name.length).replace(/^ /, '');
    expect(said).toContain(name);
    expect(rest).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    expect(said).not.toContain('secret');
  });

  test.each([
    ['STATE_URL', 'file:///x'],
    ['STATE_URL', 'memory:'],
    ['STATE_URL', 'redis://:secret@localhost:6379/0'],
    ['METRICS_URL', 'rediss://127.0.0.1'],
    ['MODEL_URI', 'file:///srv/model'],
    ['PAYLOAD_LOG_URL', 'http://[::1]:8080/'],
    ['AWS_ENDPOINT_URL', 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL_S3', 'http://s3.localhost.localhost:4566'],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'http://0.0.0.0:8000'],
    ['AWS_ENDPOINT_URL_SQS', 'http://host.docker.internal:4566'],
  ])('%s=%s, which only this machine has, unless it is said to be right', async (name, value) => {
    const said = await mistakesIn({ [name]: value });
    expect(said).toMatch(
      new RegExp(`^${name} is .*, (which|a place) .*; unset it, or add --param localUrls=true`),
    );
    expect(said).not.toContain('secret');
    expect(await mistakesIn({ [name]: value }, 'true')).toBe('');
  });

  test.each([
    { STATE_URL: '', METRICS_URL: '', CORS_ALLOWED_ORIGINS: '', MODEL_METADATA: '', PREDICTOR_LABELS: '' },
    { STATE_URL: 'file:///mnt/state', MODEL_URI: 'file:///opt/model/', METRICS_URL: 'redis://10.0.0.5' },
    { STATE_URL: 's3://bucket/state', CORS_ALLOWED_ORIGINS: 'https://a.example:8443, capacitor://localhost' },
    { AWS_ENDPOINT_URL: 'https://vpce-1.s3.eu-west-1.vpce.amazonaws.com', CORS_ALLOWED_ORIGINS: '*' },
    { MODEL_METADATA: 'name: iris\nversions: [v1]', PREDICTOR_LABELS: '{"version":"2"}' },
  ])('%j is not', async (environment) => {
    expect(await mistakesIn(environment as unknown as Record<string, string>)).toBe('');
  });

  test('more than Lambda takes, with the names of the largest', async () => {
    expect(await mistakesIn({ MODEL_METADATA: JSON.stringify({ custom: { a: 'x'.repeat(4000) } }) })).toBe(
      '',
    );
    const tooMuch = JSON.stringify({ custom: { a: 'é'.repeat(2040) } });
    expect(await mistakesIn({ MODEL_METADATA: tooMuch, SELDON_LOG_LEVEL: 'INFO' })).toMatch(
      /^the environment variables have \d+ bytes together; Lambda allows 4096. The largest are MODEL_METADATA \(\d+\), SELDON_LOG_LEVEL \(\d+\)$/,
    );
  });

  test('all mistakes at once', async () => {
    expect((await mistakesIn({ METRICS_FLUSH_MS: '5s', STATE_URL: 'memory:' })).split('\n')).toHaveLength(2);
  });
});

describe('a name that AWS would refuse is refused before anything is made', () => {
  const check = (service: string, stage: string) =>
    checkNames({
      name: `${service}-${stage}`,
      service,
      stage,
      functions: { predict: {}, 'send-feedback': {} },
    } as unknown as Stack);

  test('a function with more than 64 characters', () => {
    expect(() => check('seldon-lambda-iris', 's'.repeat(31))).not.toThrow();
    expect(() => check('seldon-lambda-iris', 's'.repeat(34))).toThrow(
      /^the function seldon-lambda-iris-s+-send-feedback has a name of 67 characters; Lambda allows 64: .* with 3 fewer characters$/,
    );
  });
});

describe('serverless', () => {
  test('package says it and makes no template; remove does not mind', async () => {
    const environment = { METRICS_FLUSH_MS: '5s', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const stage = ['--stage', 'staging'];
    const { made, isMade, removed } = await inTurn(async (project) => ({
      made: await serverless(project, ['package', ...stage], [], environment),
      isMade: existsSync(templatePath(project)),
      removed: await serverless(project, ['remove', ...stage], [], environment),
    }));
    expect(made.text).toContain('METRICS_FLUSH_MS is "5s"; expected a whole number of milliseconds');
    expect(made.text).toContain(
      'AWS_ENDPOINT_URL is http://127.0.0.1:1, which a function on AWS cannot reach',
    );
    expect(made.text).not.toMatch(/^ {4}at /m);
    expect(made.code).toBe(1);
    expect(isMade).toBe(false);
    expect(removed.text).not.toContain('METRICS_FLUSH_MS');
  });

  test('print shows the functions of the methods that the class has, under a name of its own', async () => {
    const project = copyProject();
    mkdirSync(join(project, 'models/pkg'));
    writeFileSync(
      join(project, 'models/pkg/Both_ways.ts'),
      'export class Both { route() { return 0; } predictRaw() { return {}; } }\n',
    );
    const environment = { MODEL_NAME: 'pkg.Both_ways.Both' };
    const { code, text } = await serverless(project, ['print'], [], environment);
    expect({ code, text }).toMatchObject({ code: 0 });
    const { service, functions } = parse(text);
    expect(service).toBe('seldon-lambda-pkg-both-ways-both');
    expect(Object.keys(functions)).toEqual([
      'predict',
      'send-feedback',
      'route',
      'health',
      'ping',
      'metadata',
      'metrics',
      'openapi',
      'docs',
      'not-found',
    ]);
  });
});
