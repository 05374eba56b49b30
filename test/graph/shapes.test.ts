import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { NodePlan } from '../../src/runtime/graph/plan.ts';
import { compile, refusal } from '../support/graph-document.ts';

const MODELS = ['Classifier', 'Classifier1', 'Classifier2', 'Outliers', 'Scale', 'Iris', 'Bandit', 'Mean'];
const MODEL = 'type: MODEL, endpoint: {type: REST}, children: []';
const REST = 'endpoint: {type: REST}';
const RATIO = 'parameters: [{name: ratioA, value: "0.5", type: FLOAT}]';
const POD =
  '- spec: {terminationGracePeriodSeconds: 20, containers: [{image: "x/mock:1", imagePullPolicy: IfNotPresent, ' +
  'name: classifier, resources: {requests: {memory: 1Mi}}}]}';

/** The members of `spec` in YAML, with a version of the API before them where it is not v1. */
function documentOf(text: string): unknown {
  const [, version = 'v1', spec = ''] = /^(?:(v1alpha\d): )?([\s\S]*)$/.exec(text) ?? [];
  const name = 'name: shape\npredictors:\n';
  return {
    apiVersion: `machinelearning.seldon.io/${version}`,
    kind: 'SeldonDeployment',
    metadata: { name: 'shape', labels: { app: 'seldon' } },
    spec: parse(`${spec.includes('predictors:') ? '' : name}${spec}`),
  };
}

/** `a[b[c],d]` */
function toText({ unit, children }: NodePlan): string {
  return children.length === 0 ? unit : `${unit}[${children.map(toText).join(',')}]`;
}

/** One of each kind of deployment that Seldon's examples, notebooks and tests have. */
test.each([
  ['one model', `- {name: p, replicas: 1, graph: {name: classifier, ${MODEL}}}`, 'classifier'],
  ['a model without a type', '- {name: p, graph: {name: classifier}}', 'classifier'],
  ['a model of v1alpha2', `v1alpha2: - {name: p, graph: {name: classifier, ${MODEL}}}`, 'classifier'],
  ['a model of v1alpha3', `v1alpha3: - {name: p, graph: {name: classifier, ${MODEL}}}`, 'classifier'],
  [
    'annotations of spec',
    `annotations: {project_name: FX Market, deployment_version: v1}\noauth_key: k\noauth_secret: s\npredictors:\n- {name: p, annotations: {predictor_version: v1}, graph: {name: classifier, ${MODEL}}}`,
    'classifier',
  ],
  [
    'a pod beside it',
    `- name: p\n  componentSpecs:\n  ${POD}\n  graph: {name: classifier, type: MODEL}`,
    'classifier',
  ],
  [
    'protocol and transport of a predictor',
    '- {name: p, protocol: seldon, transport: rest, graph: {name: classifier, type: MODEL}}',
    'classifier',
  ],
  [
    'a server',
    '- {name: p, graph: {name: iris, implementation: SKLEARN_SERVER, modelUri: "s3://bucket/iris", envSecretRefName: s}}',
    'iris',
  ],
  [
    'a server with a logger',
    '- {name: p, graph: {name: iris, implementation: XGBOOST_SERVER, modelUri: "s3://bucket/iris", logger: {mode: all, url: "http://default-broker"}}}',
    'iris',
  ],
  [
    'a server without a modelUri that needs none',
    '- {name: p, graph: {name: iris, implementation: HUGGINGFACE_SERVER, parameters: [{name: task, type: STRING, value: text-generation}]}}',
    'iris',
  ],
  [
    'an A/B test',
    `- {name: p, graph: {name: ab, endpoint: {}, implementation: RANDOM_ABTEST, ${RATIO}, children: [{name: classifier-1, ${MODEL}}, {name: classifier-2, ${MODEL}}]}}`,
    'ab[classifier-1,classifier-2]',
  ],
  [
    'an A/B test of an unknown type',
    `- {name: p, graph: {name: ab, type: UNKNOWN_TYPE, implementation: RANDOM_ABTEST, ${RATIO}, children: [{name: classifier-1, ${MODEL}}, {name: classifier-2, ${MODEL}}]}}`,
    'ab[classifier-1,classifier-2]',
  ],
  [
    'a mean',
    `- {name: p, graph: {name: ensemble, implementation: AVERAGE_COMBINER, type: UNKNOWN_TYPE, children: [{name: classifier-1, ${MODEL}}, {name: classifier-2, ${MODEL}}]}}`,
    'ensemble[classifier-1,classifier-2]',
  ],
  [
    "a combiner of one's own",
    `- {name: p, graph: {name: mean, type: COMBINER, ${REST}, children: [{name: classifier-1, ${MODEL}}, {name: classifier-2, ${MODEL}}]}}`,
    'mean[classifier-1,classifier-2]',
  ],
  [
    'a bandit',
    `- {name: p, graph: {name: bandit, type: ROUTER, parameters: [{name: n_branches, value: "2", type: INT}, {name: epsilon, value: "0.1", type: FLOAT}, {name: verbose, value: "1", type: BOOL}], children: [{name: classifier-1, ${MODEL}}, {name: classifier-2, ${MODEL}}]}}`,
    'bandit[classifier-1,classifier-2]',
  ],
  [
    'an outlier detector over a test',
    `- {name: p, graph: {name: outliers, type: TRANSFORMER, ${REST}, children: [{name: ab, implementation: RANDOM_ABTEST, type: UNKNOWN_TYPE, ${RATIO}, children: [{name: scale, type: TRANSFORMER, children: [{name: classifier-1, ${MODEL}}]}, {name: ensemble, implementation: AVERAGE_COMBINER, children: [{name: classifier-2, ${MODEL}}]}]}]}}`,
    'outliers[ab[scale[classifier-1],ensemble[classifier-2]]]',
  ],
  [
    'an output transformer',
    `- {name: p, graph: {name: scale, type: OUTPUT_TRANSFORMER, children: [{name: classifier, ${MODEL}}]}}`,
    'scale[classifier]',
  ],
  [
    'a model over a model',
    `- {name: p, graph: {name: classifier-1, type: MODEL, children: [{name: classifier-2, ${MODEL}}]}}`,
    'classifier-1[classifier-2]',
  ],
  [
    'one unit at two places',
    `- {name: p, graph: {name: mean, type: COMBINER, children: [{name: classifier, ${MODEL}}, {name: classifier, ${MODEL}}]}}`,
    'mean[classifier,classifier]',
  ],
  [
    'the built-in model',
    '- {name: p, graph: {name: simple, implementation: SIMPLE_MODEL, type: MODEL, children: []}}',
    'simple',
  ],
  [
    'what the operator has completed',
    '- {name: p, engineResources: {}, svcOrchSpec: {}, explainer: {containerSpec: {name: "", resources: {}}}, labels: {version: p}, graph: {name: classifier, implementation: UNKNOWN_IMPLEMENTATION, type: MODEL, endpoint: {service_host: localhost, service_port: 9000, httpPort: 9000, grpcPort: 9500, type: REST}}}',
    'classifier',
  ],
  [
    'a canary',
    `- {name: main, traffic: 75, graph: {name: classifier, ${MODEL}}}\n- {name: canary, traffic: 25, graph: {name: iris, ${MODEL}}}`,
    'classifier iris',
  ],
  [
    'a shadow',
    `- {name: main, graph: {name: classifier, ${MODEL}}}\n- {name: shadow, shadow: true, graph: {name: iris, ${MODEL}}}`,
    'classifier iris',
  ],
  [
    'an explainer',
    '- {name: p, explainer: {type: AnchorTabular, modelUri: "gs://x"}, graph: {name: classifier, type: MODEL}}',
    'classifier',
  ],
  [
    'timeouts, large',
    `annotations: {seldon.io/rest-timeout: "100000", seldon.io/rest-read-timeout: "1", seldon.io/grpc-max-message-size: "9"}\npredictors:\n- {name: p, graph: {name: classifier, ${MODEL}}}`,
    'classifier',
  ],
  [
    'variables of the orchestrator',
    '- {name: p, svcOrchSpec: {replicas: 2, env: [{name: JAVA_OPTS, value: x}, {name: SELDON_LOG_LEVEL, value: INFO}]}, graph: {name: classifier, type: MODEL}}',
    'classifier',
  ],
  [
    'no orchestrator',
    '- {name: p, annotations: {seldon.io/no-engine: "true"}, graph: {name: classifier, type: MODEL}}',
    'classifier',
  ],
  [
    'the protocol of TensorFlow Serving',
    'protocol: tensorflow\npredictors:\n- {name: p, graph: {name: classifier, implementation: TENSORFLOW_SERVER, modelUri: "s3://bucket/x"}}',
    'classifier',
  ],
  [
    'the V2 protocol',
    'protocol: v2\npredictors:\n- {name: p, graph: {name: iris, implementation: SKLEARN_SERVER, modelUri: "s3://bucket/x"}}',
    'iris',
  ],
  [
    'the V2 protocol of a predictor',
    '- {name: p, protocol: kfserving, graph: {name: iris, type: MODEL}}',
    'iris',
  ],
])('%s is compiled', async (_name, text, shape) => {
  const { plan } = await compile(documentOf(text), { models: MODELS });
  expect(plan.predictors.map(({ root }) => toText(root)).join(' ')).toBe(shape);
});

test.each([
  [
    'v1alpha1',
    `v1alpha1: - {name: p, componentSpec: {}, graph: {name: classifier, ${MODEL}}}`,
    'apiVersion is "machinelearning.seldon.io/v1alpha1"',
  ],
  [
    'two predictors of one name',
    `- {name: p, graph: {name: classifier, ${MODEL}}}\n- {name: p, graph: {name: classifier, ${MODEL}}}`,
    'spec.predictors[1].name is "p", like that of another predictor',
  ],
  [
    'a container of another name, and no class',
    `- name: p\n  componentSpecs:\n  ${POD}\n  graph: {name: classifier_bad_name, ${MODEL}}`,
    '(the unit classifier_bad_name) is bound to nothing',
  ],
  [
    'a name that ends in an underscore',
    `- {name: p, graph: {name: classifier_, ${MODEL}}}`,
    'spec.predictors[0].graph.name is "classifier_"',
  ],
  ['no graph', '- {name: p, replicas: 1}', 'spec.predictors[0].graph is not there'],
  [
    'a bucket of Google',
    '- {name: p, graph: {name: iris, implementation: SKLEARN_SERVER, modelUri: "gs://seldon-models/iris"}}',
    'modelUri is "gs://seldon-models/iris"; expected s3://',
  ],
  [
    'a server without a modelUri',
    '- {name: p, graph: {name: iris, implementation: TRITON_SERVER}}',
    'which needs modelUri',
  ],
  [
    'gRPC',
    `transport: grpc\npredictors:\n- {name: p, graph: {name: classifier, ${MODEL}}}`,
    'spec.transport is grpc',
  ],
  [
    'a gRPC endpoint',
    '- {name: p, graph: {name: classifier, type: MODEL, endpoint: {type: GRPC}}}',
    'spec.predictors[0].graph.endpoint.type is GRPC',
  ],
  [
    'Kafka',
    'serverType: kafka\npredictors:\n- {name: p, graph: {name: classifier, type: MODEL}}',
    'spec.serverType is kafka',
  ],
  [
    'children without a dash',
    `- {name: p, graph: {name: mean, type: COMBINER, children: {name: classifier, ${MODEL}}}}`,
    'spec.predictors[0].graph.children is no list',
  ],
  [
    'three children of a test',
    `- {name: p, graph: {name: ab, implementation: RANDOM_ABTEST, children: [{name: classifier-1}, {name: classifier-2}, {name: iris}]}}`,
    '(the unit ab, RANDOM_ABTEST) has 3 children',
  ],
  [
    'traffic that is left over from a chart',
    '- {name: p, traffic: {.Values.traffic: null}, graph: {name: classifier, type: MODEL}}',
    'spec.predictors[0].traffic is an object with .Values.traffic',
  ],
])('%s is refused', async (_name, text, sentence) => {
  expect(await refusal(compile(documentOf(text), { models: MODELS }))).toContain(sentence);
});
