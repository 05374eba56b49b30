import type { Model } from 'seldon-lambda';

/** A later version of a counter, whose state has another form; it reads the first one too. */
class VersionedCounter implements Model {
  static readonly schemaVersion: number = 2;
  total = 0n;

  route(): bigint {
    return this.total;
  }

  sendFeedback(): void {
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

export { VersionedCounter as Counter };
