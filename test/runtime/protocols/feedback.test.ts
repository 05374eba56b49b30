import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExactly } from '../../../src/runtime/json/exact-numbers.ts';
import { readPlainFeedback } from '../../../src/runtime/protocols/seldon/plain-feedback.ts';
import { readFeedback } from '../../../src/runtime/protocols/seldon/strict-feedback.ts';
import { damagedText, json, message } from '../../support/arbitraries.ts';

const reward = fc.oneof(fc.double(), fc.integer(), fc.constantFrom('1', true, 3.4028235e38, null));
const status = fc.record(
  {
    code: fc.oneof(fc.integer(), fc.constantFrom(0.5, '200', null)),
    info: fc.oneof(fc.string(), json),
    status: fc.constantFrom('SUCCESS', 'FAILURE', 0, 1, 2 ** 60, 'OTHER'),
  },
  { requiredKeys: [] },
);
const part = fc.oneof(
  { weight: 4, arbitrary: message },
  fc.tuple(message, message).map(([one, another]) => ({ ...one, ...another })),
  fc.tuple(message, status).map(([one, its]) => ({ ...one, status: its })),
  fc.dictionary(fc.constantFrom('str_data', 'bin_data', 'data', 'meta', 'jsonData', '__proto__', 'x'), json),
  fc.constant(null),
);
const feedback = fc.record({ request: part, response: part, truth: part, reward }, { requiredKeys: [] });
const damaged = damagedText(feedback).map((text) => {
  try {
    return parseExactly(text);
  } catch {
    return text;
  }
});

test('what is read as a feedback without the schema, the schema reads alike', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: feedback }, damaged, json), (value) => {
      const read = readPlainFeedback(value);
      if (read === undefined) {
        return;
      }
      plain++;
      expect(read).toEqual(readFeedback(value));
    }),
    { numRuns: 3000 },
  );
  // There were enough.
  expect(plain).toBeGreaterThan(300);
});

test('what an orchestrator or a client that knows the protocol sends needs no schema', () => {
  const names = ['a', 'b'];
  const metrics = [{ key: 'k', type: 'COUNTER', value: 1, tags: { t: 'x' } }];
  const meta = {
    puid: 'p',
    tags: { any: [1] },
    routing: { unit: 1, other: -1 },
    requestPath: { unit: 'image:1' },
    metrics,
  };
  const status = { status: 'SUCCESS', code: 200, info: '', reason: '' };
  const tensor = { shape: [1, 2], values: [0.5, Number.NaN] };
  for (const value of [
    {},
    { reward: 1, response: null },
    {
      request: { data: { names, ndarray: [[1, 'x']] }, meta },
      response: { status, meta, data: { tensor } },
      truth: { data: { tftensor: { dtype: 'DT_FLOAT' } } },
      reward: -0.1,
    },
    { request: { strData: 'x' }, response: { jsonData: null }, truth: { binData: 'AA==' } },
  ]) {
    expect(readPlainFeedback(value)).toEqual(readFeedback(value));
  }
});
