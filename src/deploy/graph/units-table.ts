import type { LoadedGraph } from '../../graph/load-graph.ts';

/** A unit of a graph in a report. */
export interface UnitRow {
  readonly predictor: string;
  readonly unit: string;
  readonly type: string;
  /** Where it runs, as the plan has it. */
  readonly target: string;
  /** What says so. */
  readonly by: string;
}

/** All units of a graph, in the order of its nodes. */
export function unitRows({ plan, bound }: LoadedGraph): UnitRow[] {
  return plan.predictors.flatMap(({ name, root, units }) => {
    const types = new Map<string, string>();
    const waiting = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      types.set(node.unit, types.get(node.unit) ?? node.type);
      waiting.push(...[...node.children].reverse());
    }
    return [...types].map(([unit, type]) => ({
      predictor: name,
      unit,
      type,
      target: units[unit]?.target ?? '',
      by: bound.get(name)?.get(unit)?.by ?? '',
    }));
  });
}

/** The units of a graph with their bindings, in lines. */
export function unitsTable(graph: LoadedGraph): string {
  const { plan, source } = graph;
  const rows = unitRows(graph);
  const widths = (['unit', 'type', 'target'] as const).map((column) =>
    Math.max(...rows.map((row) => row[column].length)),
  );
  const blocks = plan.predictors.flatMap(({ name, traffic, isShadow }) => [
    `  ${name}: ${traffic} % of the requests${isShadow ? ', as a shadow' : ''}`,
    ...rows
      .filter(({ predictor }) => predictor === name)
      .map(({ unit, type, target, by }) => {
        const [first = 0, second = 0, third = 0] = widths;
        return `    ${unit.padEnd(first)}  ${type.padEnd(second)}  ${target.padEnd(third)}  by ${by}`;
      }),
  ]);
  return [`the graph ${plan.deployment} of ${source.name}`, ...blocks].join('\n');
}
