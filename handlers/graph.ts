import { createHandler } from '../src/handler.ts';
import { graphEndpoints } from '../src/runtime/graph/endpoints.ts';
import { openGraph, readPlan } from '../src/runtime/graph/open-graph.ts';

const graph = openGraph({ plan: readPlan() });

export const handler = await createHandler(graphEndpoints(graph), { instance: graph.instance });
