import { isRecord } from '../../objects.ts';
import { shareOfKey } from '../traffic.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/** Chooses the first child with the probability `ratioA`, 0.5 by default, and else the second one. */
export const randomAbtest: Implementation = {
  open(_name, { parameters }) {
    const ratioA = ratioOf(parameters);
    return { call: noCall, choose: ({ key }) => (shareOfKey(key) < 100 * ratioA ? 0 : 1) };
  },
};

function ratioOf(parameters: string): number {
  const list: unknown = JSON.parse(parameters);
  const found = Array.isArray(list)
    ? list.find((each) => isRecord(each) && each.name === 'ratioA')
    : undefined;
  return found === undefined ? 0.5 : Number(found.value);
}
