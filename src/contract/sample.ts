import fc from 'fast-check';
import type { Category, Column, Domain, Section } from './contract.ts';

/** A row: for each section the values of its columns. */
export type Row = readonly (readonly Category[])[];

/** What one request is made of. */
export interface Sample {
  /** One or more. */
  readonly rows: readonly Row[];
  /** 0..1, for feedback. */
  readonly reward: number;
}

/** How far values go from the other end where a range has no end, or from 0 where it has none at all. */
const REACH = 1000;
/** Values of a column have three decimals, as the reference's have; more where the range is narrow. */
const DECIMALS = 3;
const MOST_DECIMALS = 12;
/** After these a failing sample is small enough: each is a request. An image has a thousand columns. */
const MOST_ATTEMPTS = 1000;
const SHRINK_MS = 30_000;

/**
 * The sample of the request `index` (0, 1, ...): the same for the same seed, whatever the answers.
 *
 * Every other one goes to the ends of the ranges, the rest is spread evenly.
 */
export function drawSample(sections: readonly Section[], batch: number, seed: number, index: number): Sample {
  const [sample] = fc.sample(samples(sections, batch, batch), {
    seed: (seed + index) | 0,
    numRuns: 1,
    unbiased: index % 2 === 0,
  });
  return sample as Sample;
}

/**
 * The smallest sample that still fails, as far as it is found: fewer rows, values nearer to 0 and to the
 * front.
 *
 * @param fails - sends a sample, and says whether it fails as the one that was given did.
 * @param isStopped - ends the search.
 */
export async function shrinkSample(
  sections: readonly Section[],
  failing: Sample,
  fails: (sample: Sample) => Promise<boolean>,
  isStopped: () => boolean,
): Promise<void> {
  const until = performance.now() + SHRINK_MS;
  let attempts = 0;
  const isAffordable = () => attempts++ < MOST_ATTEMPTS && performance.now() < until && !isStopped();
  const stillFails = async (sample: Sample) => isAffordable() && (await fails(sample));
  const start = await toOneRow(failing, stillFails);
  const property = fc.asyncProperty(
    samples(sections, 1, start.rows.length),
    // The one to start from has failed already.
    async (sample) => !(sample === start || (await stillFails(sample))),
  );
  await fc.check(property, { examples: [[start]], numRuns: 1 });
}

/** The first row that fails alone, if one does: fast-check would take rows away from the front only. */
async function toOneRow(failing: Sample, fails: (sample: Sample) => Promise<boolean>): Promise<Sample> {
  if (failing.rows.length === 1) {
    return failing;
  }
  for (const row of failing.rows) {
    const sample = { ...failing, rows: [row] };
    if (await fails(sample)) {
      return sample;
    }
  }
  return failing;
}

function samples(sections: readonly Section[], minLength: number, maxLength: number): fc.Arbitrary<Sample> {
  const row = fc.tuple(...sections.map(({ columns }) => fc.tuple(...columns.map(toArbitrary))));
  return fc.record({
    rows: fc.array(row, { minLength, maxLength, size: 'max' }),
    reward: onGrid(0, 1, DECIMALS),
  });
}

const known = new WeakMap<Domain, fc.Arbitrary<Category>>();

/** One for all columns of a definition: an image has thousands. */
function toArbitrary({ domain }: Column): fc.Arbitrary<Category> {
  const arbitrary =
    known.get(domain) ??
    (domain.ftype === 'categorical' ? fc.constantFrom(...domain.values) : continuous(domain));
  known.set(domain, arbitrary);
  return arbitrary;
}

function continuous({
  isInteger,
  low,
  high,
}: Extract<Domain, { ftype: 'continuous' }>): fc.Arbitrary<number> {
  const [min, max] = reachable(low, high);
  if (isInteger) {
    return fc.integer({ min: Math.ceil(min), max: Math.floor(max) });
  }
  if (min === max) {
    return fc.constant(min);
  }
  let decimals = DECIMALS;
  while (decimals < MOST_DECIMALS && (max - min) * 10 ** decimals < 1000) {
    decimals++;
  }
  return onGrid(min, max, decimals);
}

function reachable(low: number, high: number): [number, number] {
  if (Number.isFinite(low)) {
    return [low, Number.isFinite(high) ? high : low + REACH];
  }
  return Number.isFinite(high) ? [high - REACH, high] : [-REACH, REACH];
}

/** Numbers of so many decimals: they read well, and shrink well. */
function onGrid(low: number, high: number, decimals: number): fc.Arbitrary<number> {
  const scale = 10 ** decimals;
  const [min, max] = [Math.ceil(low * scale), Math.floor(high * scale)];
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
    return fc.double({ min: low, max: high, noNaN: true });
  }
  return fc.integer({ min, max }).map(
    (steps) => steps / scale,
    (value) => Math.round((value as number) * scale),
  );
}
