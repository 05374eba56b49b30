import { loadGraph } from '../../graph/load-graph.ts';
import { ROUTES_OF } from '../../runtime/graph/routes.ts';
import { GRAPH } from '../project/arrange-functions.ts';
import type { Serverless } from '../serverless-types.ts';
import { graphOf, projectOf } from './graph-of.ts';

/**
 * Gives the function of a graph whose protocol is not Seldon's the paths of that protocol, in place of
 * Seldon's; other functions lose them.
 *
 * @throws UserError for a graph that cannot work.
 */
export async function setProtocolPaths(serverless: Serverless): Promise<void> {
  const source = graphOf(serverless);
  const { functions } = serverless.configurationInput;
  const { [GRAPH]: definition, ...others } = functions;
  if (source === undefined || definition === undefined) {
    return;
  }
  const { protocol = 'seldon' } = (await loadGraph(source, projectOf(serverless))).plan;
  if (protocol === 'seldon') {
    return;
  }
  const paths = Object.values(ROUTES_OF[protocol]).flatMap((routes) => Object.keys(routes));
  const events = paths.map((path) => ({ httpApi: `ANY ${path}` }));
  const own = new Set(events.map((event) => JSON.stringify(event)));
  serverless.extendConfiguration(['functions', GRAPH], { ...definition, events });
  for (const [name, other] of Object.entries(others)) {
    const left = other.events.filter((event) => !own.has(JSON.stringify(event)));
    if (left.length < other.events.length) {
      serverless.extendConfiguration(['functions', name], { ...other, events: left });
    }
  }
}
