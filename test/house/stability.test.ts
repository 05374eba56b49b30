import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Artifact, openArtifact } from '../support/artifact.ts';
import { countLeftovers, LEFTOVERS } from '../support/leftovers.ts';
import type { Census } from '../support/leftovers-process.ts';

const CALLS = 10_000;
/**
 * From one census to the next, of which there are ten. An object of two fields, kept at each call, would be
 * three times as much.
 */
const MAX_GROWTH = 16 * (CALLS / 10);

let artifact: Artifact;

beforeAll(async () => {
  artifact = await openArtifact(LEFTOVERS.models, LEFTOVERS.modules);
}, 60_000);

afterAll(() => artifact.remove());

// Counts, not times. The first tenth may load, compile and cache.
describe.concurrent.each(['predict', 'send-feedback'])('many calls of %s, good and bad ones', (name) => {
  test('leave nothing behind', async ({ expect }) => {
    const { censuses } = await countLeftovers(artifact, name, CALLS);
    const [early, ...late] = censuses.slice(1) as [Census, ...Census[]];
    // Half of the steps at least: a leak is in all of them, a table that has to grow or code that is compiled
    // in one or two.
    const growthOf = (of: 'heapBytes' | 'bufferBytes') => {
      const steps = late.map((census, index) => census[of] - (late[index - 1] ?? early)[of]);
      return steps.sort((x, y) => x - y)[Math.floor(steps.length / 2)];
    };
    expect(growthOf('heapBytes')).toBeLessThan(MAX_GROWTH);
    expect(growthOf('bufferBytes')).toBeLessThan(MAX_GROWTH);
    const countsOf = ({ promises, listeners, resources }: Census) => ({
      promises,
      listeners,
      resources,
    });
    for (const census of late) {
      expect(countsOf(census)).toEqual(countsOf(early));
    }
  });
});
