import { describe, expect, test } from 'vitest';
import { sentencesOf } from '../../src/graph/notes.ts';
import { compile, compileText, deployment, deploymentOf, unit } from '../support/graph-document.ts';

const BANDIT = `
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata:
  name: shop
  namespace: seldon
  labels: {app: shop}
spec:
  name: shop-spec
  annotations:
    seldon.io/rest-timeout: "5000"
    project_name: Shop
  predictors:
    - name: main
      replicas: 2
      traffic: 80
      labels: {version: v2, team: b}
      annotations:
        seldon.io/rest-timeout: "1500"
        seldon.io/grpc-read-timeout: "99"
      engineResources: {requests: {cpu: 1}}
      svcOrchSpec:
        resources: {limits: {memory: 1Gi}}
        env:
          - {name: SELDON_LOG_LEVEL, value: DEBUG}
          - {name: REQUEST_LOGGER_DEFAULT_ENDPOINT, value: "http://broker.example"}
      componentSpecs:
        - hpaSpec: {minReplicas: 1, maxReplicas: 3}
          metadata: {labels: {x: y}}
          spec:
            terminationGracePeriodSeconds: 1
            volumes: [{name: cache, emptyDir: {}}]
            containers:
              - name: r
                image: seldonio/epsilon-greedy:0.1
                imagePullPolicy: IfNotPresent
                resources: {requests: {memory: 1Mi}}
                env:
                  - {name: MODEL_NAME, value: r}
                  - {name: MODEL_METADATA, value: "name: bandit"}
                  - {name: REDIS, valueFrom: {secretKeyRef: {name: x, key: y}}}
                  - {name: EXTRA, value: "1"}
              - name: sidecar
                image: busybox
      graph:
        name: r
        type: ROUTER
        serviceAccountName: reader
        parameters:
          - {name: epsilon, value: "0.1", type: FLOAT}
          - {name: seed, value: 7, type: INT}
          - {name: verbose, value: true, type: BOOL}
        logger: {mode: all}
        children:
          - name: a
            type: MODEL
            modelUri: s3://bucket/a
            logger: {mode: request, url: "https://other.example/x"}
          - name: b
            implementation: SIMPLE_MODEL
    - name: canary
      traffic: 20
      graph: {name: m}
    - name: mirror
      shadow: true
      traffic: 10
      annotations: {version: v9, seldon.io/engine-seldon-enable-routing-injection: "false"}
      graph: {name: m, type: MODEL, endpoint: {type: REST}, children: []}
`;

test('a whole deployment becomes a plan', async () => {
  const { plan } = await compileText(BANDIT);
  // As a function reads it.
  expect(JSON.parse(JSON.stringify(plan))).toEqual({
    deployment: 'shop',
    predictors: [
      {
        name: 'main',
        labels: { version: 'v2', team: 'b' },
        traffic: 80,
        isShadow: false,
        restTimeoutMs: 1500,
        isRoutingInjected: true,
        root: {
          unit: 'r',
          type: 'ROUTER',
          ...{ routes: true, aggregates: false, transformsOutput: false, getsFeedback: true },
          children: [
            {
              unit: 'a',
              type: 'MODEL',
              input: 'predict',
              ...{ routes: false, aggregates: false, transformsOutput: false, getsFeedback: true },
              children: [],
            },
            {
              unit: 'b',
              type: 'MODEL',
              input: 'predict',
              ...{ routes: false, aggregates: false, transformsOutput: false, getsFeedback: false },
              children: [],
            },
          ],
        },
        units: {
          r: {
            target: 'model:r',
            image: 'seldonio/epsilon-greedy:0.1',
            parameters:
              '[{"name":"epsilon","value":"0.1","type":"FLOAT"},{"name":"seed","value":"7","type":"INT"},' +
              '{"name":"verbose","value":"true","type":"BOOL"}]',
            metadata: 'name: bandit',
            logger: { mode: 'all', url: 'http://broker.example' },
          },
          a: {
            target: 'model:a',
            modelUri: 's3://bucket/a',
            parameters: '[]',
            metadata: '',
            logger: { mode: 'request', url: 'https://other.example/x' },
          },
          b: { target: 'implementation:SIMPLE_MODEL', parameters: '[]', metadata: '' },
        },
      },
      {
        name: 'canary',
        labels: { version: 'canary' },
        traffic: 20,
        isShadow: false,
        restTimeoutMs: 5000,
        isRoutingInjected: true,
        root: expect.objectContaining({ unit: 'm' }),
        units: { m: { target: 'model:m', parameters: '[]', metadata: '' } },
      },
      {
        name: 'mirror',
        labels: { version: 'v9' },
        traffic: 10,
        isShadow: true,
        restTimeoutMs: 5000,
        isRoutingInjected: false,
        root: expect.objectContaining({ unit: 'm' }),
        units: { m: { target: 'model:m', parameters: '[]', metadata: '' } },
      },
    ],
  });
});

test('what only Kubernetes needs is named once, and what may be missed is told', async () => {
  const { notes } = await compileText(BANDIT);
  expect(sentencesOf(notes)).toEqual([
    'the variables EXTRA of the container r are not set: the units of a function share its environment, ' +
      'provider.environment in serverless.yml',
    'ignored, as only Kubernetes needs it: SELDON_LOG_LEVEL of svcOrchSpec, engineResources, hpaSpec, ' +
      'imagePullPolicy, replicas, resources, resources of svcOrchSpec, serviceAccountName, ' +
      'terminationGracePeriodSeconds, the annotation seldon.io/grpc-read-timeout, the container sidecar, which ' +
      'no unit has the name of, valueFrom of REDIS, volumes',
  ]);
});

test.each([
  [
    'an explainer',
    deployment(unit('m'), { explainer: { type: 'AnchorTabular' } }),
    'spec.predictors[0].explainer is not served: an explainer is a deployment of its own',
  ],
  [
    'children whose answers are dropped',
    deployment(unit('m', 'MODEL', [unit('a'), unit('b')])),
    'spec.predictors[0].graph (the unit m) has 2 children and neither routes nor aggregates: all are called, and the answer of the first is taken',
  ],
  [
    'a unit that does nothing',
    deployment(unit('t', 'TRANSFORMER', [unit('a', 'COMBINER')])),
    'spec.predictors[0].graph.children[0] (the unit a) makes no call: a message passes it as it is',
  ],
  [
    'a member that no unit has',
    deployment({ ...unit('m'), childern: [] }),
    'spec.predictors[0].graph has "childern", which no unit has: it is ignored; expected name, type, implementation, methods, children, endpoint, parameters, modelUri, logger, serviceAccountName, envSecretRefName, storageInitializerImage',
  ],
  [
    'a member that no predictor has',
    deployment(unit('m'), { grpah: 1 }),
    'spec.predictors[0] has "grpah", which no predictor has: it is ignored',
  ],
  [
    'a member that no deployment has',
    deploymentOf([{ name: 'main', graph: unit('m') }], { protokol: 'x' }),
    'spec has "protokol", which no SeldonDeployment has: it is ignored',
  ],
])('warns of %s', async (_name, document, warning) => {
  expect(sentencesOf((await compile(document)).notes)).toEqual([warning]);
});

describe('routing is injected', () => {
  const pair = [unit('a'), unit('b')];
  const router = unit('r', 'ROUTER', pair);
  const test1 = unit('x', undefined, pair, { implementation: 'RANDOM_ABTEST' });
  const annotated = (word: string) => ({
    annotations: { 'seldon.io/engine-seldon-enable-routing-injection': word },
  });
  const variable = (value: string) => ({
    svcOrchSpec: { env: [{ name: 'SELDON_ENABLE_ROUTING_INJECTION', value }] },
  });
  test.each<[string, unknown, Record<string, unknown>, boolean]>([
    ['into a router', router, {}, true],
    ['into a router below', unit('t', 'TRANSFORMER', [router]), {}, true],
    ['into a test', test1, {}, true],
    ['into no chain', unit('t', 'TRANSFORMER', [unit('m')]), {}, false],
    ['into a chain that asks for it', unit('m'), annotated('true'), true],
    ['by any word', unit('m'), annotated('please'), true],
    ['but for false', router, annotated('false'), false],
    ['but for 0', router, variable('0'), false],
    ['but for off', router, variable('OFF'), false],
    ['but for an empty word', router, variable(''), false],
    ['by the variable over the annotation', router, { ...annotated('false'), ...variable('true') }, true],
  ])('%s', async (_name, graph, more, expected) => {
    const { plan } = await compile(deployment(graph, more));
    expect(plan.predictors[0]?.isRoutingInjected).toBe(expected);
  });

  test('as the shell says, whatever the graph says', async () => {
    const { plan } = await compile(deployment(router, annotated('true')), { isRoutingInjected: false });
    expect(plan.predictors[0]?.isRoutingInjected).toBe(false);
  });

  test('into each of several predictors, and not for a shadow', async () => {
    const two = (more: object) =>
      compile(
        deploymentOf([
          { name: 'p', graph: unit('m'), ...more },
          { name: 'q', graph: unit('m'), ...more, shadow: 'traffic' in more ? undefined : true },
        ]),
      );
    expect((await two({ traffic: 50 })).plan.predictors.map((each) => each.isRoutingInjected)).toEqual([
      true,
      true,
    ]);
    expect((await two({})).plan.predictors.map((each) => each.isRoutingInjected)).toEqual([false, false]);
  });
});

describe('the shares', () => {
  const of = async (...predictors: readonly object[]) => {
    const { plan } = await compile(
      deploymentOf(predictors.map((each, index) => ({ name: `p${index}`, graph: unit('m'), ...each }))),
    );
    return plan.predictors.map(({ traffic, isShadow }) => `${traffic}${isShadow ? ' shadow' : ''}`);
  };
  test.each<[string, readonly object[], readonly string[]]>([
    ['of one alone', [{}], ['100']],
    ['of one that says 0', [{ traffic: 0 }], ['100']],
    ['of one that says 100', [{ traffic: 100 }], ['100']],
    ['of three', [{ traffic: 50 }, { traffic: 50 }, { traffic: 0 }], ['50', '50', '0']],
    ['of a shadow, which sees all without one', [{}, { shadow: true }], ['100', '100 shadow']],
    ['of a shadow that says 0', [{ traffic: 100 }, { shadow: true, traffic: 0 }], ['100', '100 shadow']],
    [
      'of a shadow by its label',
      [{}, { labels: { 'seldon.io/shadow': 'true' }, traffic: 30 }],
      ['100', '30 shadow'],
    ],
    [
      'of several shadows',
      [{}, { shadow: true, traffic: 5 }, { shadow: true }],
      ['100', '5 shadow', '100 shadow'],
    ],
  ])('%s', async (_name, predictors, expected) => {
    expect(await of(...predictors)).toEqual(expected);
  });
});

describe('a graph may be written as', () => {
  const plain = deployment(unit('m'));
  test.each<[string, string]>([
    ['v1alpha3', JSON.stringify({ ...plain, apiVersion: 'machinelearning.seldon.io/v1alpha3' })],
    [
      'v1alpha2, with the name in spec',
      JSON.stringify({
        ...plain,
        apiVersion: 'machinelearning.seldon.io/v1alpha2',
        metadata: {},
        spec: { ...plain.spec, name: 'shop', oauth_key: 'x', oauth_secret: 'y' },
      }),
    ],
    [
      'one of several documents',
      `kind: Secret\n---\n${JSON.stringify(plain)}\n---\n# end\n---\nkind: Service\n`,
    ],
    ['a list of Kubernetes', JSON.stringify({ kind: 'List', items: [{ kind: 'Service' }, plain] })],
    [
      'YAML with Windows lines',
      `kind: SeldonDeployment\r\napiVersion: machinelearning.seldon.io/v1\r\nmetadata: {name: shop}\r\nspec:\r\n  predictors:\r\n    - name: main\r\n      graph:\r\n        name: m\r\n`,
    ],
    [
      'YAML with nulls',
      'kind: SeldonDeployment\napiVersion: machinelearning.seldon.io/v1\nmetadata: {name: shop, creationTimestamp: null}\nspec:\n  annotations:\n  predictors:\n  - name: main\n    componentSpecs:\n    labels: ~\n    graph:\n      name: m\n      children:\n      methods: null\nstatus: {}\n',
    ],
    [
      'YAML with anchors and merges',
      'x: &base {type: MODEL}\nkind: SeldonDeployment\napiVersion: machinelearning.seldon.io/v1\nmetadata: {name: shop}\nspec:\n  predictors:\n  - name: main\n    graph:\n      <<: *base\n      name: m\n',
    ],
    ['JSON with tabs', JSON.stringify(plain, undefined, '\t')],
  ])('%s', async (_name, text) => {
    const { plan } = await compileText(text);
    expect(plan).toEqual((await compile(plain)).plan);
  });

  test('a predictor alone, as the executor gets it', async () => {
    const text = JSON.stringify({ name: 'main', graph: unit('m'), traffic: 0, componentSpecs: null });
    expect((await compileText(text)).plan).toMatchObject({
      deployment: 'main',
      predictors: [{ traffic: 100 }],
    });
    expect((await compileText(text, { deployment: 'shop' })).plan.deployment).toBe('shop');
  });
});
