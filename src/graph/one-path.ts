import type { GraphProtocol, NodePlan } from '../runtime/graph/plan.ts';
import { modelOf, shownTarget } from './targets.ts';
import { type Place, type ReadUnit, runsAt } from './tree.ts';

/** The methods for which the protocols other than Seldon's have one path. */
type Alike = NonNullable<NodePlan['input']> | 'transformOutput';

/**
 * Refuses a unit elsewhere that is called for more than one of `predict`, `transformInput` and
 * `transformOutput`, in a protocol with one path for all three: nothing in such a call says which is meant.
 *
 * @throws UserError naming the unit and its calls.
 */
export function refuseOnePath(
  protocol: GraphProtocol,
  nodes: ReadonlyMap<Place, NodePlan>,
  units: ReadonlyMap<Place, ReadUnit>,
): void {
  if (protocol === 'seldon') {
    return;
  }
  // A unit may stand at several nodes.
  const called = new Map<string, Alike>();
  for (const [place, read] of units) {
    const { target } = read.bound;
    const { input, transformsOutput } = nodes.get(place) as NodePlan;
    const isElsewhere = modelOf(target) === undefined && runsAt(read) === undefined;
    const methods: Alike[] = [
      ...(input ? [input] : []),
      ...(transformsOutput ? ['transformOutput' as const] : []),
    ];
    for (const method of isElsewhere ? methods : []) {
      const other = called.get(place.unit) ?? method;
      if (other !== method) {
        place.part.refuse(
          `(the unit ${place.unit}) is called for ${other} and for ${method}, and runs elsewhere, at ` +
            `${shownTarget(target)}: ${PATHS[protocol].replace('*', place.unit)} is the path of both; make two units of it`,
        );
      }
      called.set(place.unit, method);
    }
  }
}

/** The path of all three; `*`: the unit. */
const PATHS: Readonly<Record<Exclude<GraphProtocol, 'seldon'>, string>> = {
  'open-inference': '/v2/models/*/infer',
  tensorflow: '/v1/models/*:predict',
};
