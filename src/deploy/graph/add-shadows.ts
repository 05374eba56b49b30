import { loadGraph } from '../../graph/load-graph.ts';
import type { GraphPlan } from '../../runtime/graph/plan.ts';
import { GRAPH } from '../project/arrange-functions.ts';
import type { Serverless } from '../serverless-types.ts';
import { graphOf, projectOf } from './graph-of.ts';

/**
 * Gives each shadow of the graph a function of its own, which the function of the graph calls without waiting
 * for its answer. A SELDON_SHADOWS of the shell stays.
 *
 * @throws UserError for a graph that cannot work.
 */
export async function addShadows(serverless: Serverless): Promise<void> {
  const source = graphOf(serverless);
  const { [GRAPH]: definition } = serverless.configurationInput.functions;
  if (source === undefined || definition === undefined || process.env.SELDON_SHADOWS) {
    return;
  }
  const { plan } = await loadGraph(source, projectOf(serverless));
  const shadows = shadowsOf(plan);
  if (shadows.length === 0) {
    return;
  }
  const targets = shadows.map(({ predictor, key }) => [
    predictor,
    `lambda:\${self:service}-\${sls:stage}-${key}`,
  ]);
  const SELDON_SHADOWS = JSON.stringify(Object.fromEntries(targets));
  const { environment } = definition;
  serverless.extendConfiguration(['functions', GRAPH, 'environment'], { ...environment, SELDON_SHADOWS });
  for (const { predictor, key } of shadows) {
    serverless.extendConfiguration(['functions', key], {
      ...definition,
      events: [],
      environment: { ...environment, SELDON_PREDICTOR: predictor },
    });
  }
}

/** The shadows of a graph, with the names of their functions in serverless.yml. */
export function shadowsOf({ predictors }: GraphPlan): { readonly predictor: string; readonly key: string }[] {
  return predictors
    .filter(({ isShadow }) => isShadow)
    .map(({ name }) => ({ predictor: name, key: `${GRAPH}-${name.replace(/[^\w-]/g, '-')}` }));
}
