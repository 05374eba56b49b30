import { expect } from 'vitest';
import { toNumberTexts } from '../conformance/number-texts.ts';
import { type Answer, readAnswer } from './answer.ts';
import type { Case } from './case.ts';
import { DEVIATIONS } from './deviations/index.ts';

/** What an answer must be. `body` may have asymmetric matchers in it. */
export type Expected = Answer;

/** How an event came: by an HTTP API or a REST API. */
export type Door = 'http' | 'rest';

/** A difference from the recorded peers that is on purpose. */
export interface Deviation {
  readonly why: string;
  /** The cases that it changes: their ids, or a rule. */
  readonly of: readonly string[] | ((recorded: Expected, testCase: Case) => boolean);
  /** The answer that is expected instead, complete. */
  expected(recorded: Expected, testCase: Case, door: Door): Expected;
}

/** The ids of the deviations by their place in the table that change a case. */
export function deviationsOf(testCase: Case): number[] {
  const used: number[] = [];
  expectedOf(testCase, 'http', (index) => used.push(index));
  return used;
}

/** The answer that is expected of a case: the recorded one, changed by each deviation that there is of it. */
export function expectedOf(testCase: Case, door: Door, use: (index: number) => void = () => {}): Expected {
  return DEVIATIONS.reduce((recorded, { of, expected }, index) => {
    const applies = typeof of === 'function' ? of(recorded, testCase) : of.includes(testCase.id);
    if (!applies) {
      return recorded;
    }
    use(index);
    return expected(recorded, testCase, door);
  }, asRecorded(testCase));
}

function asRecorded({ response }: Case): Expected {
  const {
    status,
    headers = {},
    body,
    bodyBase64,
    bodyDecoded,
    json,
    binaryBase64,
    expect: derived,
  } = response;
  if (derived !== undefined) {
    return {
      status,
      contentType: 'application/json',
      allow: undefined,
      body: derivedBody(toNumberTexts(derived)),
    };
  }
  const bytes =
    json === undefined
      ? (bodyDecoded ?? body ?? Buffer.from(bodyBase64 ?? '', 'base64'))
      : Buffer.concat([Buffer.from(json), Buffer.from(binaryBase64 ?? '', 'base64')]);
  return readAnswer(status, headers, bytes);
}

/** A derived body: `<...>` stands for anything, and members that are not named may be there. */
function derivedBody(value: unknown): unknown {
  if (typeof value === 'string' && /^<.*>$/.test(value)) {
    return expect.anything();
  }
  if (Array.isArray(value)) {
    return value.map(derivedBody);
  }
  if (typeof value === 'object' && value !== null) {
    return expect.objectContaining(
      Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, derivedBody(inner)])),
    );
  }
  return value;
}
