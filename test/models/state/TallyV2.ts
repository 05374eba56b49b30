import type { NdArray } from 'seldon-lambda';

/** A later version of `Tally`, whose state has another form; it reads the first one too. */
class VersionedTally {
  static readonly schemaVersion = 2;
  total = 0n;

  static merge(states: { total: bigint }[]): { total: bigint } {
    return { total: states.reduce((sum, { total }) => sum + total, 0n) };
  }

  route(): bigint {
    return this.total;
  }

  sendFeedback(_features: NdArray): void {
    this.total++;
  }

  getState(): { total: bigint } {
    return { total: this.total };
  }

  setState(state: { total: bigint } | { count: number }, schemaVersion: number): void {
    this.total =
      schemaVersion === 1 ? BigInt((state as { count: number }).count) : (state as { total: bigint }).total;
  }
}

export { VersionedTally as Tally };
