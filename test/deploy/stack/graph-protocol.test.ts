import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { inferenceGraph, node } from '../../support/graph/inference-graph.ts';
import { deploymentOf, unit } from '../../support/graph-document.ts';
import { ownTemplate } from '../../support/own-project.ts';
import { type Resource, resourcesOf, type Template } from '../../support/stack.ts';
import { openLanes, templateFor } from '../../support/templates.ts';

openLanes();

const GRAPH = unit('EpsilonGreedy', 'ROUTER', [unit('iris', 'MODEL'), unit('Iris', 'MODEL')]);

function templateOf(protocol: string, parameters: readonly string[] = []): Promise<Template> {
  const graph = deploymentOf([{ name: 'main', graph: GRAPH }], { protocol });
  return templateOfGraph(`protocol-${protocol}`, graph, parameters);
}

function templateOfGraph(name: string, graph: object, parameters: readonly string[] = []): Promise<Template> {
  const folder = join(inject('lanes'), 'graphs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, JSON.stringify(graph));
  return templateFor(parameters, { environment: { SELDON_GRAPH: file } });
}

/** The paths of each function, without OPTIONS; `$default` is the rest. */
function pathsOf({ Resources }: Template): Record<string, string[]> {
  const paths: Record<string, string[]> = {};
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type === 'AWS::ApiGatewayV2::Route' && !Properties.RouteKey.startsWith('OPTIONS ')) {
      const [, integration] = Properties.Target['Fn::Join'][1] as [string, { Ref: string }];
      const { Properties: called } = Resources[integration.Ref] as Resource;
      const name = called.IntegrationUri['Fn::GetAtt'][0].replace(/LambdaFunction$/, '');
      paths[name] ??= [];
      paths[name].push(Properties.RouteKey.replace('ANY ', ''));
    }
  }
  return Object.fromEntries(Object.entries(paths).map(([name, list]) => [name, list.sort()]));
}

const EVERYWHERE = ['/docs', '/health/status', '/live', '/ready', '/seldon.json'];
const OF_V2 = [
  ...EVERYWHERE,
  '/v2',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2/models',
  '/v2/models/infer',
  '/v2/models/{model}',
  '/v2/models/{model}/infer',
  '/v2/models/{model}/ready',
];
const OF_TENSORFLOW = [
  ...EVERYWHERE,
  '/v1/models',
  '/v1/models/{model}',
  '/v1/models/{model}/metadata',
  '/v1/models:predict',
];
const FEEDBACK = ['/api/v0.1/feedback', '/api/v1.0/feedback'].flatMap((path) =>
  ['', '/seldon/{namespace}', '/seldon/{namespace}/{deployment}'].map((prefix) => `${prefix}${path}`),
);
const DOC = ['/api/v1.0/doc', '/seldon/{namespace}/{deployment}/api/v1.0/doc'];

describe('the function of a graph has the paths of its protocol in place of those of Seldon', () => {
  test.each([
    ['v2', [...OF_V2, ...DOC]],
    ['kfserving', [...OF_V2, ...DOC]],
    ['tensorflow', [...OF_TENSORFLOW, ...FEEDBACK, ...DOC]],
  ])('%s', async (protocol, expected) => {
    const paths = pathsOf(await templateOf(protocol));
    expect(paths.Graph).toEqual(expected.sort());
    // The others keep what the graph does not answer.
    expect(Object.keys(paths).sort()).toEqual(['Graph', 'Metrics', 'NotDashfound', 'Ping']);
    expect(paths.Ping).toEqual(['/health/ping', ...(protocol === 'tensorflow' ? ['/v2/health/live'] : [])]);
  });

  test('also behind a REST API', async () => {
    const template = await templateOf('v2', ['api=rest']);
    const parts = Object.values(template.Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::ApiGateway::Resource' ? [Properties.PathPart as string] : [],
    );
    expect(parts).toEqual(expect.arrayContaining(['v2', 'models', '{model}', 'infer', 'ready', 'live']));
    expect(parts).not.toContain('predictions');
  });
});

test('an InferenceGraph gives its name to the service, and its function has the paths of V1', async () => {
  const nodes = { root: node('Sequence', { serviceName: 'iris' }, { serviceName: 'Iris' }) };
  const template = await templateOfGraph('inference-graph', inferenceGraph(nodes));
  const [graph] = resourcesOf(template, 'AWS::Lambda::Function').filter(({ Handler }) =>
    /graph/.test(Handler),
  );
  expect(graph.FunctionName).toBe('seldon-lambda-shop-dev-graph');
  expect(pathsOf(template).Graph).toEqual([...OF_TENSORFLOW, ...FEEDBACK, ...DOC].sort());
});

test('models beside the graph lose the paths that it has, and keep the others', async () => {
  const graph = deploymentOf([{ name: 'main', graph: GRAPH }], { protocol: 'v2' });
  const paths = pathsOf(await ownTemplate('graph: flow.yaml\nmodels: [Iris]\n', graph));
  expect(paths.Graph).toEqual([...OF_V2, ...DOC].sort());
  const all = Object.values(paths).flat();
  expect(all.length).toBe(new Set(all).size);
  expect(paths.Predict).toEqual(
    expect.arrayContaining([
      '/predict',
      '/api/v1.0/predictions',
      '/v1/models/{model}',
      '/v2/models/{model}/versions/{version}/infer',
    ]),
  );
  expect(paths.Predict).not.toContain('/v2/models/{model}/infer');
  expect(paths.Metadata).toEqual(expect.arrayContaining(['/metadata', '/api/v1.0/metadata']));
  expect(paths.SendDashfeedback).toContain('/api/v1.0/feedback');
});
