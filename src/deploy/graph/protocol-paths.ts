import { loadGraph } from '../../graph/load-graph.ts';
import { ROUTES_OF } from '../../runtime/graph/routes.ts';
import type { Definition, Serverless } from '../serverless-types.ts';
import { graphOf, projectOf } from './graph-of.ts';

/**
 * The paths of a graph whose protocol is not Seldon's, as events of its function; undefined without such a
 * graph: serverless.yml has the paths of Seldon's.
 *
 * @throws UserError for a graph that cannot work.
 */
export async function protocolEvents(serverless: Serverless): Promise<Definition['events'] | undefined> {
  const source = graphOf(serverless);
  const { protocol = 'seldon' } = source ? (await loadGraph(source, projectOf(serverless))).plan : {};
  if (protocol === 'seldon') {
    return undefined;
  }
  const paths = Object.values(ROUTES_OF[protocol]).flatMap((routes) => Object.keys(routes));
  return paths.map((path) => ({ httpApi: `ANY ${path}` }));
}
