import { createHandler } from '../src/handler.ts';
import { graphEndpoints, openGraph, readPlan } from '../src/runtime/graph/graph.chunk.ts';

async function open() {
  const graph = openGraph({ plan: readPlan() });
  return createHandler(graphEndpoints(graph), { instance: graph.instance });
}

export const handler = await open().catch(async (error) =>
  (await import('../src/runtime/lambda/refuse-all.ts')).refuseAll(error),
);
