import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES_OF } from '../../../src/runtime/graph/routes.ts';
import { closeNodes } from '../../support/graph/nodes.ts';
import { type ServedGraph, serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, unitOf } from '../../support/graph/simple-graph.ts';
import {
  type Document,
  examplesOf,
  filledPath,
  nodesOf,
  type Operation,
  operationsOf,
  resolve,
  validatorOf,
} from '../../support/openapi.ts';

afterAll(closeNodes);

class Scaler {
  transformInput = (rows: unknown) => rows;
  initMetadata = () => ({ inputs: [{ name: 'size', datatype: 'FP32', shape: [-1, 2] }] });
}
class Model {
  predict = () => [[0.2, 0.3, 0.5]];
  initMetadata = () => ({ outputs: [{ name: 'scores', datatype: 'FP64', shape: [-1, 3] }] });
}
const UNITS = { scale: unitOf(Scaler), m: unitOf(Model) };
const GRAPH = { name: 'scale', type: 'TRANSFORMER', children: [{ name: 'm' }] };

async function serve(protocol: 'v2' | 'tensorflow') {
  const served = await serveGraph(await graphPlan(GRAPH, { protocol }), UNITS);
  const { body } = await served.send({ method: 'GET', path: '/seldon.json' });
  return { served, document: JSON.parse(body as string) as Document };
}

/** Answers a request of the document for a path, with its example, and the names in its place. */
async function call(served: ServedGraph, document: Document, path: string, method: string) {
  const item = document.paths[path] as Readonly<Record<string, Operation>>;
  const requestBody = item[method]?.requestBody;
  const [content] = requestBody
    ? Object.values((resolve(document, requestBody) as { content: object }).content)
    : [];
  const [example] = Object.values(content?.examples ?? {}) as { $ref: string }[];
  const { value } = example ? (resolve(document, example) as { value: unknown }) : { value: undefined };
  const asked = filledPath(document, path, item[method] as Operation);
  const { status, headers, body } = await served.send({
    method: method.toUpperCase(),
    path: asked,
    ...(value !== undefined && { body: JSON.stringify(value) }),
  });
  return { status, headers, json: body === '' ? undefined : JSON.parse(Buffer.from(body).toString()) };
}

describe.each([
  ['v2', 'open-inference', '/v2', 'An inference graph behind the Open Inference Protocol'],
  ['tensorflow', 'tensorflow', '/v1', 'An inference graph behind the REST API of TensorFlow Serving'],
] as const)('the document of a graph of the protocol %s', (protocol, name, prefix, summary) => {
  let served: ServedGraph;
  let document: Document;
  beforeAll(async () => {
    ({ served, document } = await serve(protocol));
  });

  test('has the paths of the graph, each in the words of the protocol', () => {
    const own = Object.values(ROUTES_OF[name]).flatMap((routes) => Object.keys(routes));
    const expected = [...own, '/health/ping', '/metrics', '/prometheus'];
    expect(Object.keys(document.paths).sort()).toEqual(expected.sort());
    expect(document.info).toMatchObject({ title: 'dep', summary });
    expect(document.info.description).not.toContain('Seldon');
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operationsOf(document)) {
      const names = JSON.stringify([operation.requestBody, operation.responses]);
      expect([path, /SeldonMessage|GraphAnswer|GraphMetadata|schemas\/Failure/.test(names)]).toEqual([
        path,
        false,
      ]);
      // The errors of a path have the form of its protocol.
      expect([path, names.includes('InferNotFound')]).toEqual([path, path.startsWith(prefix)]);
    }
  });

  test('has the inputs of the first unit, and the outputs of the last', () => {
    const text = JSON.stringify(document.components);
    expect(text).toContain(protocol === 'v2' ? '"name":"size"' : '"instances":[[1,1]]');
    expect(text).toContain(protocol === 'v2' ? '"name":"scores"' : '"predictions":[[1,1,1]]');
    // The page of /docs reads them there.
    expect(JSON.stringify(document.components.responses?.GraphMetadata)).toContain(
      '"graphinputs":[{"name":"size"',
    );
  });

  test('refers to what is there, and shows examples that its schemas allow', () => {
    const references = nodesOf(document.paths)
      .concat(nodesOf(document.components))
      .filter(({ $ref }) => typeof $ref === 'string');
    expect(references.filter((node) => resolve(document, node) === undefined)).toEqual([]);
    const violations = validatorOf(document);
    const examples = examplesOf(document);
    expect(examples.length).toBeGreaterThan(5);
    expect(
      examples.map(({ schema, example }) => violations(schema, example)).filter(({ length }) => length > 0),
    ).toEqual([]);
  });

  test('describes what is answered', async () => {
    const violations = validatorOf(document);
    const own = operationsOf(document).filter(({ path }) => path.startsWith(prefix));
    expect(own.length).toBeGreaterThan(4);
    for (const { path, method, operation } of own) {
      const { status, json } = await call(served, document, path, method);
      expect([path, method, status, json]).toEqual([path, method, 200, expect.anything()]);
      const { content } = resolve(document, operation.responses['200'] as never) as {
        content: Record<string, { schema: object }>;
      };
      const schema = content['application/json']?.schema as never;
      expect([path, violations(schema, json)]).toEqual([path, []]);
    }
  });
});
