import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Artifact, makeArtifact } from '../bench/artifact.ts';
import { countLeftovers } from '../bench/stability.ts';

const CALLS = 10_000;
/** The heap goes up and down by some 100 kB; an object with a few fields, kept at each call, would be more. */
const MAX_HEAP_GROWTH = 32 * (CALLS / 2);

let artifact: Artifact;

beforeAll(async () => {
  artifact = await makeArtifact(false);
}, 60_000);

afterAll(() => artifact.remove());

// Counts, not times. The first tenth may load, compile and cache.
describe.each(['predict', 'send-feedback'])('many calls of %s, good and bad ones', (name) => {
  test('leave nothing behind', async () => {
    const { censuses } = await countLeftovers(artifact.folder, name, CALLS);
    const early = censuses.slice(1, 5);
    const late = censuses.slice(6);
    const growthOf = (of: 'heapBytes' | 'bufferBytes') =>
      Math.min(...late.map((census) => census[of])) - Math.min(...early.map((census) => census[of]));
    expect(growthOf('heapBytes')).toBeLessThan(MAX_HEAP_GROWTH);
    expect(growthOf('bufferBytes')).toBeLessThan(MAX_HEAP_GROWTH);
    const countsOf = ({ promises, listeners, resources }: (typeof censuses)[number]) => ({
      promises,
      listeners,
      resources,
    });
    for (const census of late) expect(countsOf(census)).toEqual(countsOf(early.at(-1) as typeof census));
  });
});
