import { expect, test } from 'vitest';
import type { Payload } from '../../../src/index.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, prediction, unitOf } from '../../support/graph/simple-graph.ts';

class Echo {
  predict(X: Payload) {
    return X;
  }
}

const EVENT = { 'ce-specversion': '1.0', 'ce-id': 'own', 'ce-source': 'me', 'ce-type': 'mine' };

async function serve() {
  const plan = await graphPlan({ name: 'a', type: 'MODEL' });
  return serveGraph(plan, { a: unitOf(Echo) }, { SELDON_NAMESPACE: 'shop' });
}

function eventHeaders(headers: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('ce-')));
}

test.each([
  ['a prediction', prediction({ data: { ndarray: [[1]] } }), 200, '/api/v1.0/predictions'],
  ['an error', prediction('{}'), 400, '/api/v1.0/predictions'],
  ['metadata', { method: 'GET', path: '/api/v1.0/metadata', headers: {} }, 200, '/api/v1.0/metadata'],
])('%s that is asked for by a CloudEvent is answered with one', async (_what, request, status, path) => {
  const served = await serve();
  const headers = { ...request.headers, ...EVENT, 'seldon-puid': 'p\u00e9 1' };
  const answer = await served.send({ ...request, headers });
  expect(answer.status).toBe(status);
  expect(eventHeaders(answer.headers)).toEqual({
    'ce-id': 'p%C3%A9%201',
    'ce-specversion': '0.3',
    'ce-path': path,
    'ce-type': 'seldon.dep.shop.response',
    'ce-source': 'seldon.dep',
  });
});

test('no other request is', async () => {
  const answer = await (await serve()).send(prediction({ data: { ndarray: [[1]] } }, { 'ce-id': 'own' }));
  expect([answer.status, eventHeaders(answer.headers)]).toEqual([200, {}]);
});
