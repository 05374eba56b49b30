import { brief, type Part } from './part.ts';

/** The part of a predictor in the requests. */
export interface Share {
  /** In percent. Of a shadow: of how many requests it gets a copy. */
  readonly share: number;
  readonly isShadow: boolean;
}

/**
 * The shares of predictors, in their order. One alone has all, and a shadow without a share sees all.
 *
 * @throws UserError when the shares are not 100 together, or only shadows are there.
 */
export function readTraffic(predictors: readonly Part[]): readonly Share[] {
  const read = predictors.map((part) => ({
    part: part.member('traffic'),
    isShadow: readShadow(part),
    share: readShare(part.member('traffic')),
  }));
  const serving = read.filter(({ isShadow }) => !isShadow);
  const [first] = serving;
  if (first === undefined) {
    return (read[0] as (typeof read)[number]).part.refuse(
      'is that of a shadow, and no other predictor is there to answer',
    );
  }
  if (serving.length === 1) {
    if (first.share !== 0 && first.share !== 100) {
      first.part.refuse(`is ${first.share}, but no other predictor answers; expected 100, or nothing`);
    }
    return read.map(({ isShadow, share }) => ({ isShadow, share: isShadow ? share || 100 : 100 }));
  }
  const sum = serving.reduce((total, { share }) => total + share, 0);
  if (sum !== 100) {
    first.part.refuse(
      `is ${first.share}, and that of all ${serving.length} predictors together ${sum}; expected 100 together`,
    );
  }
  return read.map(({ isShadow, share }) => ({ isShadow, share: isShadow ? share || 100 : share }));
}

function readShadow(predictor: Part): boolean {
  const { value } = predictor.member('shadow');
  const label = predictor.member('labels').member('seldon.io/shadow').text();
  return value === undefined || typeof value === 'boolean'
    ? (value ?? label === 'true')
    : predictor.member('shadow').refuse(`is ${brief(value)}; expected true or false`);
}

function readShare(traffic: Part): number {
  const { value } = traffic;
  const isShare = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 100;
  return value === undefined || isShare
    ? ((value as number | undefined) ?? 0)
    : traffic.refuse(`is ${brief(value)}; expected a whole number from 0 to 100`);
}
