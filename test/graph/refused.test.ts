import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compile, compileText, deployment, deploymentOf, refusal, unit } from '../support/graph-document.ts';

const GRAPH = unit('m', 'MODEL');
const PAIR = [unit('a'), unit('b')];
const ABTEST = { implementation: 'RANDOM_ABTEST' };

function ratio(value: unknown, type = 'FLOAT', name = 'ratioA') {
  return { ...ABTEST, parameters: [{ name, value, type }] };
}

describe('a document is refused for', () => {
  test.each([
    ['no text', '', 'graph.yaml: is empty; expected kind: SeldonDeployment or InferenceGraph'],
    [
      'a comment alone',
      '# nothing\n---\n',
      'graph.yaml: is empty; expected kind: SeldonDeployment or InferenceGraph',
    ],
    [
      'a text',
      'hello',
      'graph.yaml: has no graph, but the kinds "hello"; expected kind: SeldonDeployment or InferenceGraph',
    ],
    [
      'another kind',
      'kind: InferenceService',
      'graph.yaml: has no graph, but the kinds "InferenceService"; expected kind: SeldonDeployment or InferenceGraph',
    ],
    [
      'an object without a kind',
      '{"name":"shop","version":"1.0.0"}',
      'graph.yaml: has no kind; expected kind: SeldonDeployment or InferenceGraph',
    ],
    [
      'two graphs',
      `${JSON.stringify(deployment(GRAPH))}\n---\n${JSON.stringify(deployment(GRAPH))}`,
      'graph.yaml: has 2 graphs; expected one',
    ],
    ['broken YAML', 'kind: [SeldonDeployment', /^graph.yaml: line 1, column \d+: Flow sequence/],
    [
      'a chart of Helm',
      'kind: SeldonDeployment\n{{- if .Values.x }}\nspec: 1\n{{- end }}\n',
      /^graph.yaml: line \d+, column \d+: .*; a chart of Helm has to be rendered first, by helm template$/,
    ],
    [
      'a key that is there twice',
      'kind: SeldonDeployment\nspec: {}\nspec: {}\n',
      'graph.yaml: line 3, column 1: spec is there twice',
    ],
    [
      'a key of JSON that is there twice, once with an escape',
      '{"kind":"SeldonDeployment",\n "spec":{"a":[{"b":1},"b"]}, "sp\\u0065c":{}}',
      'graph.yaml: line 2, column 30: spec is there twice',
    ],
    [
      'a key that is there twice, once in quotes',
      'kind: SeldonDeployment\nspec: {}\n"sp\\x65c": {}\n',
      'graph.yaml: line 3, column 1: spec is there twice',
    ],
    ['JSON that ends early', '{"kind": "SeldonDeployment"', /^graph.yaml: line 1, column \d+: /],
  ])('%s', async (_name, text, message) => {
    const told = await refusal(compileText(text));
    typeof message === 'string' ? expect(told).toBe(message) : expect(told).toMatch(message);
  });
});

describe('a deployment is refused for', () => {
  const two = (first: object, second: object) =>
    deploymentOf([
      { name: 'main', graph: GRAPH, ...first },
      { name: 'canary', graph: GRAPH, ...second },
    ]);
  test.each<[string, object, string]>([
    [
      'no version',
      { ...deployment(GRAPH), apiVersion: undefined },
      'apiVersion is not there; expected one of machinelearning.seldon.io/v1, machinelearning.seldon.io/v1alpha3, machinelearning.seldon.io/v1alpha2',
    ],
    [
      'an old version',
      { ...deployment(GRAPH), apiVersion: 'machinelearning.seldon.io/v1alpha1' },
      'apiVersion is "machinelearning.seldon.io/v1alpha1"; expected one of machinelearning.seldon.io/v1, machinelearning.seldon.io/v1alpha3, machinelearning.seldon.io/v1alpha2',
    ],
    ['no name', { ...deployment(GRAPH), metadata: {} }, 'spec.name is not there; expected a name'],
    [
      'a name that is none',
      { ...deployment(GRAPH), metadata: { name: '__proto__' } },
      'metadata.name is "__proto__"; expected at most 63 letters, digits, hyphens, dots and underscores, the first and the last a letter or a digit',
    ],
    [
      'no spec',
      { ...deployment(GRAPH), spec: undefined },
      'spec.predictors has no predictor; expected at least one, with a name and a graph',
    ],
    [
      'a spec that is a list',
      { ...deployment(GRAPH), spec: [] },
      'spec is a list of 0; expected an object with members',
    ],
    [
      'no predictors',
      deploymentOf([]),
      'spec.predictors has no predictor; expected at least one, with a name and a graph',
    ],
    [
      'predictors that are an object',
      deploymentOf({ name: 'main', graph: GRAPH }),
      'spec.predictors is an object with name, graph; expected a list',
    ],
    [
      'a predictor without a graph',
      deploymentOf([{ name: 'main' }]),
      'spec.predictors[0].graph is not there; expected a unit, such as {name: classifier, type: MODEL}',
    ],
    [
      'a predictor without a name',
      deploymentOf([{ graph: GRAPH }]),
      'spec.predictors[0].name is not there; expected a name',
    ],
    [
      'two predictors of one name',
      two({}, { name: 'main' }),
      'spec.predictors[1].name is "main", like that of another predictor',
    ],
    [
      'two predictors of one service',
      two(
        { annotations: { 'seldon.io/svc-name': 'x' }, traffic: 50 },
        { annotations: { 'seldon.io/svc-name': 'x' }, traffic: 50 },
      ),
      'spec.predictors[1].annotations["seldon.io/svc-name"] is "x", like that of another predictor',
    ],
    [
      'a protocol that is not that of the deployment',
      deploymentOf([{ name: 'main', protocol: 'tensorflow', graph: GRAPH }], { protocol: 'v2' }),
      'spec.predictors[0].protocol is tensorflow; expected that of the deployment, v2',
    ],
    [
      'predictors of two protocols',
      two({ protocol: 'kfserving' }, { name: 'other', protocol: 'seldon', traffic: 50 }),
      'spec.predictors[1].protocol is seldon; expected that of the first predictor, v2',
    ],
    [
      'an unknown protocol',
      deploymentOf([{ name: 'main', graph: GRAPH }], { protocol: 'soap' }),
      'spec.protocol is "soap"; expected one of seldon, tensorflow, kfserving, v2',
    ],
    [
      'gRPC',
      deploymentOf([{ name: 'main', graph: GRAPH }], { transport: 'grpc' }),
      'spec.transport is grpc; expected rest: a function is called over HTTP',
    ],
    [
      'an unknown transport',
      deploymentOf([{ name: 'main', graph: GRAPH }], { transport: 'tcp' }),
      'spec.transport is "tcp"; expected one of rest, grpc',
    ],
    [
      'Kafka',
      deploymentOf([{ name: 'main', graph: GRAPH }], { serverType: 'kafka' }),
      'spec.serverType is kafka; expected rpc: a graph answers requests, and reads no topic',
    ],
    [
      'an unknown server',
      deploymentOf([{ name: 'main', graph: GRAPH }], { serverType: 'x' }),
      'spec.serverType is "x"; expected one of rpc, kafka',
    ],
    [
      'a share of one predictor',
      deployment(GRAPH, { traffic: 40 }),
      'spec.predictors[0].traffic is 40, but no other predictor answers; expected 100, or nothing',
    ],
    [
      'shares that are not 100',
      two({ traffic: 50 }, { traffic: 40 }),
      'spec.predictors[0].traffic is 50, and that of all 2 predictors together 90; expected 100 together',
    ],
    [
      'shares that are not there',
      two({}, {}),
      'spec.predictors[0].traffic is 0, and that of all 2 predictors together 0; expected 100 together',
    ],
    [
      'a share that is a text',
      deployment(GRAPH, { traffic: '100' }),
      'spec.predictors[0].traffic is "100"; expected a whole number from 0 to 100',
    ],
    [
      'a share above 100',
      two({ traffic: 150 }, { traffic: -50 }),
      'spec.predictors[0].traffic is 150; expected a whole number from 0 to 100',
    ],
    [
      'a shadow alone',
      deployment(GRAPH, { shadow: true }),
      'spec.predictors[0].traffic is that of a shadow, and no other predictor is there to answer',
    ],
    [
      'a share of a shadow',
      two({}, { shadow: true, traffic: 101 }),
      'spec.predictors[1].traffic is 101; expected a whole number from 0 to 100',
    ],
    [
      'a shadow that is a text',
      two({}, { shadow: 'yes' }),
      'spec.predictors[1].shadow is "yes"; expected true or false',
    ],
    [
      'no-engine with a child',
      deployment(unit('t', 'TRANSFORMER', [GRAPH]), { annotations: { 'seldon.io/no-engine': 'true' } }),
      'spec.predictors[0].annotations["seldon.io/no-engine"] is true, but the graph has more than one unit',
    ],
    [
      'a time that is none',
      deployment(GRAPH, { annotations: { 'seldon.io/rest-timeout': '2s' } }),
      'spec.predictors[0].annotations["seldon.io/rest-timeout"] is "2s"; expected a whole number of milliseconds',
    ],
    [
      'a time of the deployment',
      deploymentOf([{ name: 'main', graph: GRAPH }], { annotations: { 'seldon.io/rest-timeout': '-1' } }),
      'spec.annotations["seldon.io/rest-timeout"] is "-1"; expected a whole number of milliseconds',
    ],
    [
      'annotations that are a list',
      deployment(GRAPH, { annotations: ['x'] }),
      'spec.predictors[0].annotations is a list of 1; expected an object with members',
    ],
    [
      'an annotation of ours that is none',
      deployment(GRAPH, { annotations: { 'seldon-lambda.io/nodes': 'm' } }),
      'spec.predictors[0].annotations["seldon-lambda.io/nodes"] is not known; expected seldon-lambda.io/node.<unit> or seldon-lambda.io/optional.<unit>',
    ],
    [
      'an annotation of a unit that is not there',
      deployment(GRAPH, { annotations: { 'seldon-lambda.io/node.x': 'm' } }),
      'spec.predictors[0].annotations["seldon-lambda.io/node.x"] names a unit that is not there; the units are m',
    ],
    [
      'two containers of one name',
      deployment(GRAPH, {
        componentSpecs: [
          { spec: { containers: [{ name: 'm' }] } },
          { spec: { containers: [{ name: 'm' }] } },
        ],
      }),
      'spec.predictors[0].componentSpecs[1].spec.containers[0].name is m, like that of another container of this predictor',
    ],
    [
      'a container without a name',
      deployment(GRAPH, { componentSpecs: [{ spec: { containers: [{ image: 'x' }] } }] }),
      'spec.predictors[0].componentSpecs[0].spec.containers[0].name is not there; expected the name of the unit that it belongs to',
    ],
    [
      'componentSpecs that are an object',
      deployment(GRAPH, { componentSpecs: { spec: {} } }),
      'spec.predictors[0].componentSpecs is an object with spec; expected a list',
    ],
    [
      'a variable without a name',
      deployment(GRAPH, { svcOrchSpec: { env: [{ value: 'x' }] } }),
      'spec.predictors[0].svcOrchSpec.env[0].name is not there; expected the name of a variable',
    ],
    [
      'variables that are a mapping',
      deployment(GRAPH, { svcOrchSpec: { env: { A: 'x' } } }),
      'spec.predictors[0].svcOrchSpec.env is an object with A; expected a list',
    ],
    [
      'a label that is a list',
      deployment(GRAPH, { labels: { version: ['v1'] } }),
      'spec.predictors[0].labels.version is a list of 1; expected a text',
    ],
  ])('%s', async (_name, document, message) => {
    expect(await refusal(compile(document))).toBe(`graph.yaml: ${message}`);
  });
});

describe('a unit is refused for', () => {
  test.each<[string, unknown, string]>([
    ['being a text', 'm', 'spec.predictors[0].graph is "m"; expected an object with members'],
    ['no name', { type: 'MODEL' }, 'spec.predictors[0].graph.name is not there; expected a name'],
    [
      'a name of JavaScript',
      unit('__proto__', 'MODEL'),
      'spec.predictors[0].graph.name is "__proto__"; expected at most 63 letters, digits, hyphens, dots and underscores, the first and the last a letter or a digit',
    ],
    [
      'a type that is none',
      unit('m', 'MODLE'),
      'spec.predictors[0].graph.type is "MODLE"; expected one of MODEL, ROUTER, COMBINER, TRANSFORMER, OUTPUT_TRANSFORMER, UNKNOWN_TYPE',
    ],
    [
      'UNKNOWN_TYPE alone',
      unit('m', 'UNKNOWN_TYPE'),
      'spec.predictors[0].graph.type is UNKNOWN_TYPE without methods; expected a type, or a list of methods',
    ],
    [
      'a method that is none',
      unit('m', 'MODEL', [], { methods: ['PREDICT'] }),
      'spec.predictors[0].graph.methods[0] is "PREDICT"; expected one of TRANSFORM_INPUT, TRANSFORM_OUTPUT, ROUTE, AGGREGATE, SEND_FEEDBACK',
    ],
    [
      'methods that are a text',
      unit('m', 'MODEL', [], { methods: 'ROUTE' }),
      'spec.predictors[0].graph.methods is "ROUTE"; expected a list',
    ],
    [
      'children that are an object',
      { ...unit('m', 'MODEL'), children: unit('a') },
      'spec.predictors[0].graph.children is no list; expected a list of units, each with a dash before its name',
    ],
    [
      'a child that is nothing',
      unit('m', 'MODEL', [null]),
      'spec.predictors[0].graph.children[0].name is not there; expected a name',
    ],
    [
      'an implementation that is none',
      unit('m', undefined, [], { implementation: 'RANDOM_AB_TEST' }),
      'spec.predictors[0].graph.implementation is "RANDOM_AB_TEST", which is none of RANDOM_ABTEST, AVERAGE_COMBINER, SIMPLE_MODEL, SIMPLE_ROUTER, WEIGHTED, SWITCH, CASCADE and UNKNOWN_IMPLEMENTATION, and so a server, which needs modelUri',
    ],
    [
      'gs:',
      unit('m', 'MODEL', [], { modelUri: 'gs://bucket/x' }),
      'spec.predictors[0].graph.modelUri is "gs://bucket/x"; expected s3://bucket/prefix, or file:///folder: copy the files there',
    ],
    [
      's3: without a bucket',
      unit('m', 'MODEL', [], { modelUri: 's3://' }),
      'spec.predictors[0].graph.modelUri is "s3://"; expected s3://bucket/prefix, or file:///folder: copy the files there',
    ],
    [
      's3: with a bucket that can have no such name',
      unit('m', 'MODEL', [], { modelUri: 's3://My_Models/x' }),
      'spec.predictors[0].graph.modelUri is "s3://My_Models/x"; expected s3://bucket/prefix, with the name of a bucket: 3 to 63 small letters, digits, hyphens and dots',
    ],
    [
      's3: with a bucket of one letter',
      unit('m', 'MODEL', [], { modelUri: 's3://m/x' }),
      'spec.predictors[0].graph.modelUri is "s3://m/x"; expected s3://bucket/prefix, with the name of a bucket: 3 to 63 small letters, digits, hyphens and dots',
    ],
    [
      'a logger without a mode',
      unit('m', 'MODEL', [], { logger: { url: 'http://x' } }),
      'spec.predictors[0].graph.logger.mode is not there; expected one of request, response, all',
    ],
    [
      'a mode that is none',
      unit('m', 'MODEL', [], { logger: { mode: 'none' } }),
      'spec.predictors[0].graph.logger.mode is "none"; expected one of request, response, all',
    ],
    [
      'a logger without a host',
      unit('m', 'MODEL', [], { logger: { mode: 'all', url: 'broker' } }),
      'spec.predictors[0].graph.logger.url is "broker"; expected a URL',
    ],
    [
      'gRPC',
      unit('m', 'MODEL', [], { endpoint: { type: 'GRPC' } }),
      'spec.predictors[0].graph.endpoint.type is GRPC; expected REST: a graph calls its units over HTTP',
    ],
    [
      'a port that is none',
      unit('m', 'MODEL', [], { endpoint: { service_host: 'x', service_port: 'http' } }),
      'spec.predictors[0].graph.endpoint.service_port is "http"; expected the number of a port',
    ],
    [
      'a parameter without a type',
      unit('m', 'MODEL', [], { parameters: [{ name: 'x', value: '1' }] }),
      'spec.predictors[0].graph.parameters[0] is an object with name, value; expected name, value and type (INT, FLOAT, DOUBLE, STRING, BOOL)',
    ],
    [
      'a parameter of another type',
      unit('m', 'MODEL', [], { parameters: [{ name: 'x', value: '1', type: 'NUMBER' }] }),
      'spec.predictors[0].graph.parameters[0].type is "NUMBER"; expected one of INT, FLOAT, DOUBLE, STRING, BOOL',
    ],
    [
      'a parameter that cannot be read',
      unit('m', 'MODEL', [], { parameters: [{ name: 'x', value: 'one', type: 'INT' }] }),
      'spec.predictors[0].graph.parameters (of the unit m): parameter x: value "one" is not a valid INT',
    ],
    [
      'parameters by name',
      unit('m', 'MODEL', [], { parameters: { x: 1 } }),
      'spec.predictors[0].graph.parameters is an object with x; expected a list',
    ],
    [
      'being another unit of the same name',
      unit('t', 'TRANSFORMER', [
        unit('a', 'COMBINER', [
          unit('m'),
          unit('m', 'MODEL', [], { parameters: [{ name: 'x', value: '1', type: 'INT' }] }),
        ]),
      ]),
      'spec.predictors[0].graph.children[0].children[1] (the unit m) is not the same as the other unit of this name; give one another name',
    ],
    [
      'RANDOM_ABTEST without children',
      unit('x', undefined, [], ABTEST),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has 0 children; expected exactly 2',
    ],
    [
      'RANDOM_ABTEST with one child',
      unit('x', undefined, [unit('a')], ABTEST),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has 1 child; expected exactly 2',
    ],
    [
      'RANDOM_ABTEST with three',
      unit('x', undefined, [...PAIR, unit('c')], ABTEST),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has 3 children; expected exactly 2',
    ],
    [
      'a ratio that is none',
      unit('x', undefined, PAIR, ratio('half')),
      'spec.predictors[0].graph.parameters (of the unit x): parameter ratioA: value "half" is not a valid FLOAT',
    ],
    [
      'a ratio above 1',
      unit('x', undefined, PAIR, ratio('1.5')),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has the parameter ratioA "1.5"; expected a FLOAT from 0 to 1',
    ],
    [
      'a ratio that is not a number',
      unit('x', undefined, PAIR, ratio('nan')),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has the parameter ratioA "NaN"; expected a FLOAT from 0 to 1',
    ],
    [
      'a ratio that is a text',
      unit('x', undefined, PAIR, ratio('0.5', 'STRING')),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has the parameter ratioA "0.5"; expected a FLOAT from 0 to 1',
    ],
    [
      'a ratio that is misspelt',
      unit('x', undefined, PAIR, ratio('0.5', 'FLOAT', 'ratioa')),
      'spec.predictors[0].graph (the unit x, RANDOM_ABTEST) has the parameter ratioa; expected ratioA alone',
    ],
    [
      'AVERAGE_COMBINER of nothing',
      unit('x', undefined, [], { implementation: 'AVERAGE_COMBINER' }),
      'spec.predictors[0].graph (the unit x, AVERAGE_COMBINER) has no child; expected at least one',
    ],
    [
      'SIMPLE_ROUTER of nothing',
      unit('x', undefined, [], { implementation: 'SIMPLE_ROUTER' }),
      'spec.predictors[0].graph (the unit x, SIMPLE_ROUTER) has no child; expected at least one',
    ],
    [
      'methods of an implementation',
      unit('x', undefined, PAIR, { ...ABTEST, methods: ['TRANSFORM_INPUT'] }),
      'spec.predictors[0].graph.methods is there, but RANDOM_ABTEST has no class that they could be of',
    ],
  ])('%s', async (_name, graph, message) => {
    expect(await refusal(compile(deployment(graph)))).toBe(`graph.yaml: ${message}`);
  });
});

test('children as an object, as in a document of Seldon, are refused with what is expected', async () => {
  const graph = parse('{name: t, type: TRANSFORMER, children: {name: m, type: MODEL, children: []}}');
  expect(await refusal(compile(deployment(graph)))).toContain('spec.predictors[0].graph.children is no list');
});

describe('a unit elsewhere that a protocol calls for two methods by one path', () => {
  const BOTH = unit('a', 'TRANSFORMER', [unit('m', 'MODEL')], { methods: ['TRANSFORM_OUTPUT'] });
  const TWICE = unit('a', 'OUTPUT_TRANSFORMER', [unit('a', 'MODEL')]);
  const ofProtocol = (protocol: string, graph: object) =>
    deploymentOf([{ name: 'main', graph }], { protocol });

  test.each([
    ['v2', '/v2/models/a/infer'],
    ['kfserving', '/v2/models/a/infer'],
    ['tensorflow', '/v1/models/a:predict'],
  ])('is refused: %s', async (protocol, path) => {
    const nodes = { a: 'lambda:scaler-prod-*' };
    expect(await refusal(compile(ofProtocol(protocol, BOTH), { nodes }))).toBe(
      'graph.yaml: spec.predictors[0].graph (the unit a) is called for transformInput and for transformOutput, ' +
        `and runs elsewhere, at "lambda:scaler-prod-*": ${path} is the path of both; make two units of it`,
    );
  });

  test('is refused where it stands at two nodes, too', async () => {
    const nodes = { a: 'https://x.example/base' };
    expect(await refusal(compile(ofProtocol('v2', TWICE), { nodes }))).toContain(
      'spec.predictors[0].graph.children[0] (the unit a) is called for transformOutput and for predict, and ' +
        'runs elsewhere, at "https://x.example/base": /v2/models/a/infer',
    );
  });

  test.each([
    ["by Seldon's protocol, which has a path for each", 'seldon', BOTH, { a: 'lambda:scaler' }],
    ['as a class of this process, whose methods are called', 'v2', BOTH, {}],
    ['for one method at two nodes', 'v2', unit('a', 'MODEL', [unit('a', 'MODEL')]), { a: 'lambda:one' }],
    [
      'for a method and a route',
      'v2',
      unit('a', 'ROUTER', [unit('m')], { methods: ['TRANSFORM_INPUT'] }),
      { a: 'lambda:one' },
    ],
  ])('is taken %s', async (_how, protocol, graph, nodes) => {
    expect((await compile(ofProtocol(protocol, graph as object), { nodes })).plan.predictors).toHaveLength(1);
  });
});
