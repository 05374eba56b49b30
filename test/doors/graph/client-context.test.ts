import { expect, test } from 'vitest';
import type { ModelCall } from '../../../src/index.ts';
import { lambdaContext } from '../../support/events.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { graphPlan, unitOf } from '../../support/graph/simple-graph.ts';

/** Answers the headers of its call. */
class Headers {
  predict(_X: unknown, _names: string[], _meta: unknown, { headers, puid }: ModelCall) {
    return { headers, puid };
  }
}

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

async function invoke(custom: unknown): Promise<{ headers: Record<string, string>; puid: string }> {
  const served = await serveGraph(await graphPlan({ name: 'a' }), { a: unitOf(Headers as never) });
  const context = lambdaContext({ awsRequestId: 'aws', clientContext: { custom } as never });
  const { jsonData } = (await served.invoke({ strData: 'x' }, context)) as never;
  return jsonData;
}

test('a direct invocation has the headers of its client context', async () => {
  const { headers, puid } = await invoke({ 'Seldon-Puid': 'mine', traceparent: TRACE, cookie: 'c=1' });
  expect([puid, headers['seldon-puid']]).toEqual(['mine', 'mine']);
  expect(headers.traceparent).toContain(TRACE.slice(3, 35));
  expect(headers).not.toHaveProperty('cookie');
});

test.each([
  ['nothing', undefined],
  ['a text', 'seldon-puid'],
  ['other values than texts', { 'seldon-puid': 1, traceparent: null }],
  ['what says something of a body', { 'content-encoding': 'gzip', 'Content-Type': 'text/plain' }],
])('%s in it changes nothing', async (_what, custom) => {
  const { headers, puid } = await invoke(custom);
  expect([puid, headers['content-type']]).toEqual(['aws', 'application/json']);
  expect(headers).not.toHaveProperty('content-encoding');
});
