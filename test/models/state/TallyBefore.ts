import { Tally as MergedTally } from './Tally.ts';

/** The model `Tally` as it was before it could be merged. */
export class Tally extends MergedTally {
  static override readonly merge = undefined as never;
}
