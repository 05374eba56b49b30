import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { parseExactly } from '../../../src/runtime/json/exact-numbers.ts';
import { copyMeta } from '../../../src/runtime/protocols/seldon/answer-meta.ts';
import { isSeldonMessage } from '../../../src/runtime/protocols/seldon/message-check.ts';
import { SeldonMessage } from '../../../src/runtime/protocols/seldon/message-schema.ts';
import { damagedText, json, message } from '../../support/arbitraries.ts';
import { deploy } from '../../support/functions.ts';
import { captureLog } from '../../support/log-lines.ts';

/** The field's own type, or another value in its place. */
const mostly = (good: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 3, arbitrary: good },
    { weight: 1, arbitrary: json },
    {
      weight: 1,
      arbitrary: fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, [], {}, 'x', 0, true),
    },
  );

/** An object with some of `fields`, and now and then with other keys. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(
      fc.record(fields, { requiredKeys: [] }),
      fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', 'x', 'Meta'), json, {
        maxKeys: 2,
      }),
    )
    .map(([known, unknown]) => Object.fromEntries([...Object.entries(known), ...Object.entries(unknown)]));

const object = mostly(fc.dictionary(fc.string(), json, { maxKeys: 2 }));
const list = mostly(fc.array(json, { maxLength: 2 }));
const meta = some({
  puid: mostly(fc.oneof(fc.string(), fc.double())),
  tags: object,
  routing: object,
  requestPath: object,
  metrics: list,
});
const messageLike = some({
  meta: mostly(meta),
  data: mostly(some({ names: list, tensor: json, ndarray: json, tftensor: json })),
  binData: mostly(fc.string()),
  strData: json,
  jsonData: json,
  status: json,
});
const damaged = damagedText(message).map((text) => {
  try {
    return parseExactly(text);
  } catch {
    return text;
  }
});

test('what is a message is known without the schema, and is what the schema accepts', () => {
  let good = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: messageLike }, damaged, message, json), (value) => {
      const isMessage = SeldonMessage.safeParse(value).success;
      if (isMessage) {
        good++;
      }
      expect(isSeldonMessage(value)).toBe(isMessage);
    }),
    { numRuns: 2000 },
  );
  // Of both kinds there were enough.
  expect(good).toBeGreaterThan(300);
  expect(good).toBeLessThan(1700);
});

test('the meta that a model may change is another one with the same fields, without a prototype of the caller’s', () => {
  fc.assert(
    fc.property(meta, (value) => {
      const before = structuredClone(value);
      const copy = copyMeta(value) as Record<string, unknown>;
      expect(Object.keys(copy)).toEqual(Object.keys(value));
      for (const [name, field] of Object.entries(copy)) {
        if (typeof field !== 'object' || field === null) {
          continue;
        }
        expect(Object.keys(field)).toEqual(Object.keys(Reflect.get(value, name) as object));
        for (const key of Object.keys(field)) {
          Reflect.deleteProperty(field, key);
        }
        Reflect.set(copy, name, 'changed');
      }
      expect(value).toEqual(before);
    }),
  );
});

test('a good request to any method is answered without the schemas', async () => {
  captureLog();
  const loaded = vi.fn();
  vi.doMock('zod/mini', (original) => {
    loaded();
    return original();
  });
  const functions = deploy({
    MODEL_DIR: new URL('../../models/lifecycle/', import.meta.url).pathname,
    MODEL_NAME: 'Everything',
    PREDICTIVE_UNIT_PARAMETERS: '[]',
  });
  const one = { data: { names: ['a'], ndarray: [[1]] }, meta: { puid: 'p', tags: { a: 1 } } };
  const send = (path: string, body: unknown) =>
    functions.send({ method: 'POST', path, body: JSON.stringify(body) });
  const good = [
    ...['/predict', '/transform-input', '/transform-output', '/route'].map((path) => [path, one]),
    ['/aggregate', { seldonMessages: [one, one] }],
    ['/send-feedback', { request: one, response: one, reward: 1 }],
  ] as const;
  for (const [path, body] of good) {
    expect((await send(path as string, body)).status, path as string).toBe(200);
  }
  expect(loaded).not.toHaveBeenCalled();
  expect((await send('/predict', { meta: 1 })).status).toBe(400);
  expect(loaded).toHaveBeenCalled();
  vi.doUnmock('zod/mini');
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
