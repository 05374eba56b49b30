import { graphEndpoints } from '../../../src/runtime/graph/endpoints.ts';
import { type Graph, openGraph } from '../../../src/runtime/graph/open-graph.ts';
import type { GraphPlan } from '../../../src/runtime/graph/plan.ts';
import { createHandler, type Handler } from '../../../src/runtime/lambda/handler.ts';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import { apiGatewayV2, lambdaContext, readResult, type TestRequest } from '../events.ts';

/** A graph that is served in this process. */
export interface ServedGraph {
  readonly graph: Graph;
  send(request: TestRequest): Promise<ReturnType<typeof readResult>>;
  invoke: Handler;
}

/** Serves a graph. `units`: the classes of its units, by name. */
export async function serveGraph(
  plan: GraphPlan,
  units: Readonly<Record<string, Partial<UnitSettings>>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServedGraph> {
  const full = { SELDON_LOG_LEVEL: 'ERROR', METRICS_EMF: 'false', ...environment };
  const graph = openGraph({ plan, units, environment: full });
  const invoke = await createHandler(graphEndpoints(graph), { instance: graph.instance });
  return {
    graph,
    invoke,
    send: async (request) => readResult(await invoke(apiGatewayV2(request), lambdaContext())),
  };
}
