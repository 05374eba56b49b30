import { graphIn } from '../project-graph.ts';
import type { Finding, Findings } from './check.ts';

/** The inference graph, if there is one, can be compiled. */
export async function checkGraph(project: string, { ok, warn }: Findings): Promise<Finding[]> {
  const graph = await graphIn(project);
  if (graph === undefined) {
    return [];
  }
  const { plan, notes, source } = graph;
  const units = plan.predictors.flatMap((each) => Object.keys(each.units));
  return [
    ok(`${plan.deployment} of ${source.name}: ${[...new Set(units)].join(', ')}`),
    ...[...notes.warnings].map((text) => warn(text, 'correct the graph, if something else was meant')),
  ];
}
