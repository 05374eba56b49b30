import { createHandler } from '../src/handler.ts';
import { graphEndpoints, openGraph, readPlan } from '../src/runtime/graph/graph.chunk.ts';

const graph = openGraph({ plan: readPlan() });

export const handler = await createHandler(graphEndpoints(graph), { instance: graph.instance });
