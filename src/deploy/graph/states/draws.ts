import { UserError } from '../../../bundle/user-error.ts';
import type { NodePlan, UnitPlan } from '../../../runtime/graph/plan.ts';
import { isRecord } from '../../../runtime/objects.ts';

/** A child that is drawn. */
export interface Draw {
  readonly child: NodePlan;
  readonly place: number;
  /** The number below which it is drawn, unless one before it is; of the last one, a million. */
  readonly below: number;
}

const ALL = 1_000_000;

/**
 * The children among which an implementation of this package draws, without those that are never drawn.
 *
 * @throws UserError for one that does not draw.
 */
export function drawsOf(
  unit: string,
  { target, parameters }: UnitPlan,
  children: readonly NodePlan[],
): readonly Draw[] {
  const word = target.slice('implementation:'.length);
  const values = new Map(listOf(parameters).map(({ name, value }) => [name, Number(value)]));
  switch (word) {
    case 'SIMPLE_ROUTER':
      return toDraws(children, [1]);
    case 'RANDOM_ABTEST': {
      const first = values.get('ratioA') ?? 0.5;
      return toDraws(children, [first, 1 - first]);
    }
    case 'WEIGHTED':
      return toDraws(
        children,
        children.map((_, place) => values.get(String(place)) ?? 0),
      );
    default:
      throw new UserError(
        `the unit ${unit} is ${word}, which looks into messages by code of this package: no state machine has it; ` +
          'expected a class with route(), or one of SIMPLE_ROUTER, RANDOM_ABTEST, WEIGHTED',
      );
  }
}

function toDraws(children: readonly NodePlan[], weights: readonly number[]): readonly Draw[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.flatMap((weight, place) => {
    sum += weight;
    const below = Math.round((sum / total) * ALL);
    return weight > 0 ? [{ child: children[place] as NodePlan, place, below }] : [];
  });
}

/** Parameters, which were checked when the graph was compiled. */
function listOf(parameters: string): { name: unknown; value: unknown }[] {
  const list: unknown = JSON.parse(parameters);
  return Array.isArray(list) ? list.filter(isRecord).map(({ name, value }) => ({ name, value })) : [];
}
