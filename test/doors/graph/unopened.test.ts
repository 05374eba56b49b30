import { expect, test } from 'vitest';
import { apiGatewayV2, lambdaContext, readResult } from '../../support/events.ts';
import { prediction } from '../../support/graph/simple-graph.ts';
import { captureLog } from '../../support/log-lines.ts';

test('a function without a graph says so in each answer, and in its log', async () => {
  const lines = captureLog();
  // A plan is in the zip alone.
  const { handler } = await import('../../../handlers/graph.ts');
  const info = 'graph.json is missing or is not JSON; package the graph again';
  expect(lines()).toContainEqual(expect.objectContaining({ level: 'error', info }));
  for (const request of [prediction({ strData: 'x' }), { method: 'GET', path: '/ready' }]) {
    const answer = readResult(await handler(apiGatewayV2(request), lambdaContext()));
    expect([answer.status, JSON.parse(String(answer.body)).status]).toEqual([
      500,
      { status: 1, info, code: -1, reason: 'GRAPH_BAD' },
    ]);
  }
  await expect(handler({ strData: 'x' }, lambdaContext())).rejects.toMatchObject({ name: 'GRAPH_BAD' });
});
