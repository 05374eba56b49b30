import { createOnce } from '../../once.ts';
import { readParameters } from '../../unit/parameters.ts';
import { shareOf } from '../traffic.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/**
 * Chooses a child by its weight, which is the parameter of its place: `0`, `1`, ... A caller gets the same
 * child again, as he gets the same predictor again.
 */
export const weighted: Implementation = {
  open(name, { parameters }, { instance }) {
    const weights = createOnce<readonly number[]>();
    return {
      call: noCall,
      async choose({ context }) {
        const all = await weights(async () => toWeights(await readParameters(parameters)));
        return childAt(shareOf(context, name, instance.config) / 100, all);
      },
    };
  },
};

function toWeights(parameters: Readonly<Record<string, unknown>>): number[] {
  return Object.keys(parameters).map((_, place) => Number(parameters[place]));
}

/** The child at a part, from 0 up to 1, of all weights together. */
function childAt(part: number, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const found = weights.findIndex((weight) => {
    sum += weight;
    return part * total < sum;
  });
  // A part next to 1 may be rounded to it.
  return found < 0 ? weights.findLastIndex((weight) => weight > 0) : found;
}
