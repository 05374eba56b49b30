import type { GraphPlan } from '../../runtime/graph/plan.ts';
import type { LocalFunction } from '../local/instance.ts';
import type { Route } from '../local/routes.ts';
import { GRAPH } from '../project/arrange-functions.ts';
import { shadowsOf } from './add-shadows.ts';

/** The functions and routes of what is served on this machine. */
export interface LocalService {
  readonly definitions: Readonly<Record<string, LocalFunction>>;
  readonly routes: readonly Route[];
}

/**
 * Gives each shadow of the graph a function of its own, as on AWS. The function of the graph sends its copies
 * to a route of this machine's API, which answers at once. A SELDON_SHADOWS of the shell stays.
 *
 * @param url - of the API, without a slash at the end.
 */
export function withShadows(service: LocalService, plan: GraphPlan, url: string): LocalService {
  const { [GRAPH]: graph } = service.definitions;
  const shadows = shadowsOf(plan);
  if (graph === undefined || shadows.length === 0 || graph.environment.SELDON_SHADOWS) {
    return service;
  }
  const targets = shadows.map(({ predictor, key }) => [predictor, `${url}/shadows/${key}`]);
  const SELDON_SHADOWS = JSON.stringify(Object.fromEntries(targets));
  const own = shadows.map(({ predictor, key }): [string, LocalFunction] => [
    key,
    {
      ...graph,
      name: `${graph.name.slice(0, -GRAPH.length)}${key}`,
      environment: { ...graph.environment, SELDON_PREDICTOR: predictor },
    },
  ]);
  return {
    definitions: {
      ...service.definitions,
      [GRAPH]: { ...graph, environment: { ...graph.environment, SELDON_SHADOWS } },
      ...Object.fromEntries(own),
    },
    routes: [
      ...service.routes,
      ...shadows.map(({ key }) => ({
        key: `POST /shadows/${key}/{path+}`,
        functionName: key,
        isAsync: true,
      })),
    ],
  };
}
