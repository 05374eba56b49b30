import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import customDomainEvent from '../../fixtures/events/apigw-v1-custom-domain.json' with { type: 'json' };
import restEvent from '../../fixtures/events/apigw-v1-post.json' with { type: 'json' };
import stageEvent from '../../fixtures/events/apigw-v2-stage.json' with { type: 'json' };
import { readResult } from '../../support/events.ts';
import { deploy, functionOfPath } from '../../support/functions.ts';
import {
  type Document,
  documentOf,
  examplesOf,
  IRIS,
  metaZoo,
  methodsOf,
  nodesOf,
  operationsAt,
  operationsOf,
  resolve,
  validatorOf,
} from '../../support/openapi.ts';

afterEach(() => vi.unstubAllEnvs());

describe.each<[string, Record<string, string>]>([
  ['a shipped model', IRIS],
  ['metadata of Seldon kinds', metaZoo('v1')],
  ['metadata of named tensors', metaZoo('v2')],
  ['metadata of many kinds', metaZoo('mixed')],
  ['metadata with every datatype', metaZoo('tensor_all_datatypes')],
  ['metadata with a port that says nothing', metaZoo('tensor_partial')],
  ['metadata of a kind that nobody knows', metaZoo('custom_type')],
  ['metadata that is not valid', metaZoo('bad_datatype')],
  ['no metadata and no methods', { MODEL_NAME: 'NoMethods' }],
  ['a model that cannot be constructed', { MODEL_NAME: 'InitCrash' }],
  ['keys that an object inherits', { MODEL_NAME: 'Identity', MODEL_METADATA: hostileMetadata() }],
  ['payloads that pass through', { MODEL_NAME: 'Identity', PAYLOAD_PASSTHROUGH: 'true' }],
  ['a part of the endpoints', { ...IRIS, DEPLOYED_ENDPOINTS: 'aggregate,ping,metadata' }],
])('the document for %s', (_name, environment) => {
  let document: Document;
  beforeAll(async () => {
    document = await documentOf(deploy(environment));
  });

  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(document);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  test('refers to what it has, and has nothing that it does not refer to', () => {
    const refs = new Set(nodesOf(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : [])));
    for (const ref of refs) {
      expect(resolve(document, { $ref: ref }), ref).toBeTypeOf('object');
    }
    const components = Object.entries(document.components).flatMap(([section, members]) =>
      Object.keys(members).map((name) => `#/components/${section}/${name}`),
    );
    expect(components.filter((ref) => !refs.has(ref))).toEqual([]);
  });

  test('names each operation once, in a group that it describes', () => {
    const operations = operationsOf(document).map(({ operation }) => operation);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id))).toEqual([]);
    const groups = new Set(operations.flatMap(({ tags }) => tags));
    expect([...groups].sort()).toEqual(document.tags.map(({ name }) => name).sort());
  });

  test('has examples that its own schemas allow, and no key that means something to JavaScript', () => {
    const validate = validatorOf(document);
    for (const { schema, example } of examplesOf(document)) {
      expect(validate(schema, example), JSON.stringify(example)).toEqual([]);
    }
    const keys = nodesOf(document).flatMap((node) => Object.keys(node));
    expect(keys.filter((key) => ['__proto__', 'prototype', '$id', '$schema'].includes(key))).toEqual([]);
  });
});

describe('the paths', () => {
  const BRANCHES: Record<string, string> = {
    EpsilonGreedy: '[{"name":"n_branches","value":"2","type":"INT"}]',
  };

  test('are those of serverless.yml', async () => {
    const { paths } = await documentOf(deploy({ MODEL_NAME: 'NoMethods' }));
    expect(Object.keys(paths).sort()).toEqual(
      [...functionOfPath.keys()].filter((path) => path !== '*').sort(),
    );
  });

  test.each([
    ['EpsilonGreedy', '/route'],
    ['StandardScaler', '/transform-input'],
    ['MeanCombiner', '/aggregate'],
    ['Iris', '/predict'],
  ])('start with those whose method the model has: %s', async (MODEL_NAME, first) => {
    const { paths } = await documentOf(
      deploy({ ...IRIS, MODEL_NAME, PREDICTIVE_UNIT_PARAMETERS: BRANCHES[MODEL_NAME] ?? '[]' }),
    );
    expect(Object.keys(paths)[0]).toBe(first);
    expect(Object.keys(paths).sort()).toEqual(
      [...functionOfPath.keys()].filter((path) => path !== '*').sort(),
    );
  });

  test.each([
    ['predict,send-feedback, health-status,openapi', ['predict', 'send-feedback', 'health', 'openapi']],
    ['aggregate', ['aggregate']],
  ])('are those of the endpoints that are deployed, below /seldon too: %s', async (names, functions) => {
    const { paths } = await documentOf(deploy({ MODEL_NAME: 'NoMethods', DEPLOYED_ENDPOINTS: names }));
    const deployed = [...functionOfPath].filter(([, name]) => functions.includes(name));
    expect(Object.keys(paths).sort()).toEqual(deployed.map(([path]) => path).sort());
  });

  test('have the second path of /metrics that the environment gives', async () => {
    const functions = deploy({ MODEL_NAME: 'NoMethods', PREDICTIVE_UNIT_METRICS_ENDPOINT: '/stats' });
    const { paths } = await documentOf(functions);
    expect(Object.keys(paths)).toContain('/stats');
    expect(Object.keys(paths)).not.toContain('/prometheus');
  });

  test('have the methods that their functions answer', async () => {
    const functions = deploy({ MODEL_NAME: 'NoMethods' });
    for (const [path, item] of Object.entries((await documentOf(functions)).paths)) {
      const { headers } = await functions.send({ method: 'OPTIONS', path });
      const answered = headers.allow
        ?.split(', ')
        .filter((method) => method !== 'OPTIONS' && method !== 'HEAD');
      expect(methodsOf(item), path).toEqual(answered?.map((method) => method.toLowerCase()));
      for (const method of ['get', 'post', 'put']) {
        const { status } = await functions.send({ method: method.toUpperCase(), path });
        expect(status === 405, `${method} ${path}: ${status}`).toBe(!(method in item));
        if (status === 405 && method !== 'put') {
          expect(operationsAt(item)[0]?.responses).toHaveProperty('405');
        }
      }
    }
  });
});

describe('the server', () => {
  const functions = () => deploy({ MODEL_NAME: 'NoMethods' });
  const urlOf = (result: unknown) => (JSON.parse(readResult(result).body as string) as Document).servers;
  const withPath = (path: string) => ({ ...customDomainEvent, httpMethod: 'GET', body: null, path });

  test.each([
    ['/seldon.json', '/'],
    ['/iris/seldon.json', '/iris'],
    ['/v2/docs/dataplane.json', '/'],
    ['/iris/v2/docs/dataplane.json', '/iris'],
    ['/iris/v2/models/NoMethods/docs/dataplane.json/', '/iris'],
    ['/models/v1.0/my%20model/seldon.json', '/models/v1.0/my%20model'],
    ['/', '/'],
    // Another host, or a variable of the URL: never of the caller's choice.
    ['//evil.example/seldon.json', '/'],
    ['/\\evil.example/seldon.json', '/'],
    ['/\t/evil.example/seldon.json', '/'],
    ['/x//evil.example/seldon.json', '/'],
    ['/{host}/seldon.json', '/'],
    ['/\u{1f600}\ud800/seldon.json', '/'],
  ])('of %j is %s', async (path, url) => {
    expect(urlOf(await functions().invoke('openapi', withPath(path)))).toEqual([{ url }]);
  });

  test('behind a stage is the stage, and of a direct invocation /', async () => {
    const http = { ...stageEvent.requestContext.http, method: 'GET', path: '/dev/seldon.json' };
    const requestContext = { ...stageEvent.requestContext, http };
    const event = { ...stageEvent, rawPath: '/dev/seldon.json', requestContext };
    expect(urlOf(await functions().invoke('openapi', event))).toEqual([{ url: '/dev' }]);
    const rest = {
      ...restEvent,
      httpMethod: 'GET',
      path: '/seldon.json',
      requestContext: { ...restEvent.requestContext, path: '/prod/seldon.json' },
    };
    expect(urlOf(await functions().invoke('openapi', rest))).toEqual([{ url: '/prod' }]);
    expect(await functions().invoke('openapi', {})).toMatchObject({ servers: [{ url: '/' }] });
  });
});

function hostileMetadata(): string {
  return (
    '{"name": "constructor", "custom": {"__proto__": "x", "toString": "y"}, "inputs": ' +
    '[{"messagetype": "toString", "schema": {"__proto__": 1}}], "outputs": [{"messagetype": "__proto__"}]}'
  );
}
