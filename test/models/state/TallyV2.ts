import { Counter } from './CounterV2.ts';

/** A later version of `Tally`, whose state has another form; it reads the first one too. */
class VersionedTally extends Counter {
  static merge(states: readonly { total: bigint }[]): { total: bigint } {
    return { total: states.reduce((sum, { total }) => sum + total, 0n) };
  }
}

export { VersionedTally as Tally };
