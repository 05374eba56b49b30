import fc from 'fast-check';
import type { Category, Column, Domain, Section } from './contract.ts';

/** A row: for each section the values of its columns. */
export type Row = readonly (readonly Category[])[];

/** The content of one request. */
export interface Sample {
  /** At least one. */
  readonly rows: readonly Row[];
  /** 0..1, for feedback. */
  readonly reward: number;
}

/** Where a range has one end only, values go as far as this from it; without any end, as far from 0. */
const REACH = 1000;
/** Decimals of a value, as in the reference; a narrow range has more, up to MAX_DECIMALS. */
const DECIMALS = 3;
const MAX_DECIMALS = 12;
/** Limits of the search for a smaller sample: each attempt is a request. An image has a thousand columns. */
const MAX_ATTEMPTS = 1000;
const MAX_SHRINK_MS = 30_000;

/**
 * Draws the sample of request number `index` (0, 1, ...). The same seed gives the same sample, whatever the
 * answers were.
 *
 * Every other sample prefers the ends of the ranges; the rest is spread evenly.
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
 * Searches for the smallest sample that still fails: with fewer rows, and values nearer to 0 or to the front
 * of the list of values. The last sample for which `fails` was true is the result.
 *
 * @param fails - sends a sample; true when it fails in the same way as the given one.
 * @param isStopped - ends the search.
 */
export async function shrinkSample(
  sections: readonly Section[],
  failing: Sample,
  fails: (sample: Sample) => Promise<boolean>,
  isStopped: () => boolean,
): Promise<void> {
  const until = performance.now() + MAX_SHRINK_MS;
  let attempts = 0;
  const isAffordable = () => attempts++ < MAX_ATTEMPTS && performance.now() < until && !isStopped();
  const start = await toOneRow(failing, async (sample) => isAffordable() && (await fails(sample)));
  const arbitrary = samples(sections, 1, start.rows.length);
  // Not fc.check, which goes through all samples that are left when no more attempt is affordable.
  for (let smaller = await smallerOf(arbitrary.shrink(start, undefined)); smaller !== undefined; ) {
    smaller = await smallerOf(arbitrary.shrink(smaller.value, smaller.context));
  }

  async function smallerOf(candidates: fc.Stream<fc.Value<Sample>>): Promise<fc.Value<Sample> | undefined> {
    for (const candidate of candidates) {
      if (!isAffordable()) {
        return undefined;
      }
      if (await fails(candidate.value)) {
        return candidate;
      }
    }
    return undefined;
  }
}

/** The first row that fails alone, if there is one: fast-check would remove rows only from the front. */
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
  const row = tupleOf(sections.map(({ columns }) => tupleOf(columns.map(toArbitrary))));
  return fc.record({
    rows: fc.array(row, { minLength, maxLength, size: 'max' }),
    reward: onGrid(0, 1, DECIMALS),
  });
}

/** Arguments that a function may have without risk for the stack; an image has more columns. */
const MAX_ARGUMENTS = 1000;

/** A tuple of any number of elements. */
function tupleOf<T>(elements: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T[]> {
  if (elements.length <= MAX_ARGUMENTS) {
    return fc.tuple(...elements);
  }
  const parts = divide(elements).map((part) => fc.tuple(...part));
  return tupleOf<T[]>(parts).map(
    (values) => values.flat() as T[],
    (list) => divide(list as T[]),
  );
}

function divide<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / MAX_ARGUMENTS) }, (_, index) =>
    list.slice(index * MAX_ARGUMENTS, (index + 1) * MAX_ARGUMENTS),
  );
}

const arbitraries = new WeakMap<Domain, fc.Arbitrary<Category>>();

/** One arbitrary for all columns of a definition: an image has thousands. */
function toArbitrary({ domain }: Column): fc.Arbitrary<Category> {
  const arbitrary =
    arbitraries.get(domain) ??
    (domain.ftype === 'categorical' ? fc.constantFrom(...domain.values) : continuous(domain));
  arbitraries.set(domain, arbitrary);
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
  while (decimals < MAX_DECIMALS && (max - min) * 10 ** decimals < 1000) {
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

/** Numbers with so many decimals: they are easy to read and shrink well. */
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
