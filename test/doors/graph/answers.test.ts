import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { SeldonError } from '../../../src/index.ts';
import { openInvokeApi } from '../../support/graph/invoke-api.ts';
import { closeNodes, functionsNode, type Node, openServer } from '../../support/graph/nodes.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

afterAll(closeNodes);

const MESSAGE = { data: { ndarray: [[1, 2]] }, meta: { tags: { a: 1 }, puid: 'p' } };
const MODEL = { name: 'u', type: 'MODEL' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A graph of one unit that answers these bytes over HTTP. */
async function serveAnswer(status: number, headers: Record<string, string>, body: string | Uint8Array) {
  const url = await openServer(async () => ({ status, headers, body }));
  return serveGraph(await graphPlan(MODEL, { target: () => url, injected: true }), {});
}

describe('an error of a unit elsewhere', () => {
  test.each([
    ['without a body', 503, JSON_TYPE, '', 503],
    ['of text', 429, { 'content-type': 'text/plain' }, 'busy', 429],
    ['of HTML', 502, { 'content-type': 'text/html' }, '<address>Apache at 10.1.2.3 Port 80</address>', 502],
    ['that has no room for a reason', 204, {}, '', 502],
    ['that leads elsewhere', 302, { location: 'http://10.1.2.3/' }, '', 502],
  ])('%s is answered with a reason', async (_what, status, headers, body, expected) => {
    const served = await serveAnswer(status, headers, body);
    const answer = await served.send(prediction(MESSAGE));
    expect([answer.status, JSON.parse(String(answer.body))]).toEqual([
      expected,
      {
        status: {
          status: 1,
          info: `the unit answered HTTP ${status}; expected 200`,
          code: -1,
          reason: 'GRAPH_NODE_FAILED',
        },
      },
    ]);
    expect(answer.headers).toMatchObject({ ...JSON_TYPE, 'seldon-failed-node': 'u' });
    expect(answer.headers).not.toHaveProperty('location');
  });

  test('keeps the time after which to try again, and no other header', async () => {
    const headers = { 'retry-after': '7', 'set-cookie': 'a=b', server: 'secret' };
    const answer = await (await serveAnswer(503, headers, '{"down":1}')).send(prediction(MESSAGE));
    expect([answer.status, answer.body]).toEqual([503, '{"down":1}']);
    expect(answer.headers['retry-after']).toBe('7');
    expect(Object.keys(answer.headers)).not.toEqual(expect.arrayContaining(['set-cookie', 'server']));
  });
});

test.each([
  ['with a broken body', 200, { 'content-encoding': 'gzip' }, 'is not gzip'],
  ['with a body that is too large', 200, { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(8e6))],
  ['with an encoding that is not known', 200, { 'content-encoding': 'zzz' }, '{}'],
  ['with a status that is none', 999, {}, '{}'],
  ['with a content type that is none', 200, { 'content-type': 'text/\u00e9' }, '{}'],
])('an answer %s is not the mistake of the caller', async (_what, status, headers, body) => {
  const served = await serveAnswer(status, headers as Record<string, string>, body);
  const paths = ['predictions', 'status/u', 'metadata/u', 'metadata'].map((path) => `/api/v1.0/${path}`);
  for (const path of paths) {
    const isPost = path.endsWith('predictions');
    const answer = await served.send(isPost ? prediction(MESSAGE) : { method: 'GET', path });
    const { reason } = JSON.parse(String(answer.body)).status;
    expect([path, answer.status, reason]).toEqual([path, 502, 'GRAPH_BAD_ANSWER']);
  }
});

test('an answer without an end is not read to the end', async () => {
  const server = createServer((_request, response) => {
    const chunk = Buffer.alloc(2 ** 20, ' ');
    const more = () => {
      while (!response.destroyed && response.write(chunk)) {}
    };
    response.on('drain', more);
    more();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const served = await serveGraph(await graphPlan(MODEL, { target: () => url }), {});
  const { status, body } = await served.send(prediction(MESSAGE));
  server.close();
  expect([status, JSON.parse(String(body)).status]).toEqual([
    502,
    expect.objectContaining({ reason: 'GRAPH_BAD_ANSWER', info: 'unit u: the answer is too long' }),
  ]);
});

test('an answer that switches protocols is not waited for', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (_request, socket) => socket.destroy());
  server.on('request', (_request, { socket }) =>
    socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  );
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const served = await serveGraph(await graphPlan(MODEL, { target: () => url }), {});
  const { status, body } = await served.send(prediction(MESSAGE));
  server.close();
  expect([status, JSON.parse(String(body)).status.reason]).toEqual([502, 'GRAPH_BAD_ANSWER']);
});

test('metadata that is not JSON is a mistake of the unit, not metadata that is missing', async () => {
  const served = await serveAnswer(200, JSON_TYPE, '{"name":"cut');
  const { status, body } = await served.send({ method: 'GET', path: '/api/v1.0/metadata' });
  expect([status, JSON.parse(String(body)).status.reason]).toEqual([502, 'GRAPH_BAD_ANSWER']);
});

test.each([
  ['text/html', '<html></html>'],
  ['text/plain', '{}'],
  ['application/json', '{"cut'],
  ['application/json', ''],
])('routing does not change that an answer of %s passes: %s', async (type, text) => {
  const served = await serveAnswer(200, { 'content-type': type }, text);
  const { status, headers, body } = await served.send(prediction(MESSAGE));
  expect([status, headers['content-type'], body]).toEqual([200, type, text]);
});

describe('a model that throws is answered alike in this process and elsewhere', () => {
  const thrown = (error: unknown) =>
    class {
      predict() {
        throw error;
      }
    };
  const fallback = { status: 200, body: { data: { ndarray: [[0]] }, meta: { tags: { b: 2 } } } };
  const classes = {
    nothing: thrown(undefined),
    'an error of status 200': thrown(new SeldonError('R', 'i', { status: 200 })),
    'an error of status 204': thrown(new SeldonError('R', 'i', { status: 204 })),
    'an error of status 304': thrown(new SeldonError('R', 'i', { status: 304 })),
    'an error of status 999': thrown(new SeldonError('R', 'i', { status: 999 })),
    'an error with headers': thrown(
      new SeldonError('R', 'i', {
        status: 429,
        headers: { 'Retry-After': '7', 'x-own': 'mine', 'seldon-failed-node': '%' },
      }),
    ),
    'an error with a body': thrown(new SeldonError('R', 'i', { body: { own: [1] } })),
    'an error that is handled': class extends thrown(new Error('x')) {
      modelErrorHandler = () => fallback;
    },
    'an error that is handled with an error': class extends thrown(new Error('x')) {
      modelErrorHandler = () => ({ ...fallback, status: 422 });
    },
  };
  class Same {
    predict = (X: unknown) => X;
    aggregate = ([first]: unknown[]) => first;
  }
  const next = { name: 'next', type: 'MODEL' };
  const graphs = [
    MODEL,
    { ...MODEL, children: [next] },
    { name: 'joined', type: 'COMBINER', children: [MODEL, next] },
  ];

  test.each(Object.entries(classes))('%s', async (_what, Class) => {
    const units = Object.fromEntries(
      Object.entries({ u: Class, next: Same, joined: Same }).map(([name, each]) => [
        name,
        { ...unitOf(each), image: 'img:1' },
      ]),
    );
    const nodes = new Map<string, Node>();
    for (const [id, unit] of Object.entries(units)) {
      nodes.set(id, await functionsNode({ ...unit, id }));
    }
    const api = await openInvokeApi((name) => nodes.get(name));
    const answers = [];
    for (const graph of graphs) {
      const plans = {
        here: await graphPlan(graph, { injected: true }),
        elsewhere: await graphPlan(graph, { injected: true, target: (name) => `lambda:${name}` }),
      };
      const [here, elsewhere] = await Promise.all([
        (await serveGraph(plans.here, units)).send(prediction(MESSAGE)),
        (await serveGraph(plans.elsewhere, {}, api.environment)).send(prediction(MESSAGE)),
      ]);
      for (const { headers } of [here, elsewhere]) {
        delete headers['seldon-puid'];
      }
      expect(here).toEqual(elsewhere);
      answers.push(here);
    }
    expect(answers).toHaveLength(graphs.length);
  });
});

describe('AVERAGE_COMBINER answers the status of the first answer', () => {
  const STATUS = { code: 200, info: 'of <a>', status: 'SUCCESS', reason: 'x' };
  const data = { names: ['n'], ndarray: [[2]] };
  const answering = (answer: object) =>
    unitOf(
      class {
        predictRaw = () => answer;
      },
    );
  class Plain {
    predict = () => [[4]];
  }
  const restOf = async (child: object, units: Parameters<typeof serveGraph>[1]) => {
    const children = ['a', 'b'].map((name) => ({ name, ...child }));
    const plan = await graphPlan({ name: 'mean', implementation: 'AVERAGE_COMBINER', children });
    const { status, body } = await (await serveGraph(plan, units)).send(prediction(MESSAGE));
    const { data: _data, meta: _meta, ...others } = JSON.parse(String(body));
    return [status, others];
  };

  test.each<[string, object, object]>([
    ['that has one', answering({ data, status: STATUS }), { status: STATUS }],
    ['that has none', answering({ data }), {}],
    ['where it is null', answering({ data, status: null }), {}],
    ['where it is no status', answering({ data, status: 'fine' }), {}],
    ['of a class', unitOf(Plain), {}],
  ])('%s', async (_what, a, expected) => {
    const b = answering({ data, status: { status: 'SUCCESS', info: 'of b' } });
    expect(await restOf({ type: 'MODEL' }, { a, b })).toEqual([200, expected]);
  });

  test('of SIMPLE_MODEL', async () => {
    expect(await restOf({ implementation: 'SIMPLE_MODEL' }, {})).toEqual([200, { status: { status: 0 } }]);
  });
});

test('a path that does not exist is answered with the paths that are most like it', async () => {
  const served = await serveAnswer(200, JSON_TYPE, '{}');
  const answer = await served.send({ ...prediction(MESSAGE), path: '/api/v1.0/prediction' });
  const { info } = JSON.parse(String(answer.body)).status;
  expect([answer.status, info]).toEqual([
    404,
    expect.stringMatching(
      /^\/api\/v1\.0\/prediction does not exist; this function answers \d+ paths, such as \/api\/v1\.0\/predictions(, [^,]+){5}$/,
    ),
  ]);
});
