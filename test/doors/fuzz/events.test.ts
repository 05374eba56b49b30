import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { json, request } from '../../support/arbitraries.ts';
import { readResult } from '../../support/events.ts';
import { functionOfPath } from '../../support/functions.ts';
import {
  BOUNDARY,
  deployEverything,
  expectAnswer,
  expectJsonLog,
  FUNCTIONS,
  functions,
  INTERNALS,
  REASONS,
  SOURCES,
} from '../../support/fuzz.ts';

expectJsonLog();

describe('any JSON value as an event', () => {
  deployEverything();

  // Mostly what belongs there, sometimes nothing, sometimes anything.
  const mostly = (...values: unknown[]) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: json },
    );
  const paths = mostly('/', '/dev/predict', ...functionOfPath.keys());
  const map = fc.oneof(
    mostly({}, null, { 'Content-Type': 'application/json' }, JSON.parse('{"__proto__":"x"}')),
    fc.dictionary(
      fc.constantFrom('content-type', 'Content-Encoding', 'seldon-puid', 'accept-encoding', 'json'),
      mostly(
        ...[
          'application/json',
          `multipart/form-data; boundary=${BOUNDARY}`,
          'application/x-www-form-urlencoded',
          'gzip',
          '{}',
          ['a', 1],
        ],
      ),
    ),
  );
  const nearEvent = fc.record({
    version: mostly('2.0'),
    httpMethod: mostly('GET', 'post', 'OPTIONS'),
    path: paths,
    rawPath: paths,
    rawQueryString: mostly('', 'json={}', 'json=%E0%A4%A&b', 'json'),
    requestContext: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          http: fc.oneof(fc.record({ method: mostly('GET', 'POST') }), fc.constant(undefined)),
          elb: fc.constantFrom(undefined, undefined, undefined, {}, { targetGroupArn: 'arn' }, null),
          stage: mostly('dev', '$default'),
        }),
      },
      { weight: 1, arbitrary: json },
    ),
    headers: map,
    multiValueHeaders: fc.oneof(fc.constant(undefined), map),
    queryStringParameters: map,
    multiValueQueryStringParameters: map,
    cookies: mostly([], ['a=1'], null),
    body: fc.oneof(
      mostly('', '{}', 'e30=', null, { a: 1 }),
      request.map((value) => JSON.stringify(value)),
    ),
    isBase64Encoded: mostly(true, false, false),
  });
  // The service calls in JSON: what it cannot carry never comes.
  const event = fc
    .oneof({ weight: 2, arbitrary: nearEvent }, json, request, request.chain(toEvent))
    .map((value) => JSON.parse(JSON.stringify(value)));

  function toEvent(value: unknown) {
    const body = JSON.stringify(value);
    return fc
      .tuple(fc.constantFrom(...SOURCES), fc.constantFrom(...functionOfPath.keys()))
      .map(([source, path]) => source({ method: 'POST', path, body }));
  }

  test.each(FUNCTIONS)('is answered by %s, or refused with an error of our own', async (name) => {
    await fc.assert(
      fc.asyncProperty(event, async (value) => {
        const result = await functions.invoke(name, value).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Error);
          const { name: reason, message: info, stack } = error as Error;
          expect(REASONS.filter((each) => !/INTERNAL|METRIC|PARAMETER|METADATA/.test(each))).toContain(
            reason,
          );
          expect(info).not.toMatch(INTERNALS);
          expect(stack).not.toMatch(/\n\s+at /);
        });
        if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
          return;
        }
        expectAnswer(readResult(result));
      }),
      { numRuns: 250 },
    );
  });

  test.each([[undefined], [null], [true], [0], [''], ['text'], [[]], [{}], [[[]]], [[null]]])(
    '%j is answered by every function, or refused with an error of our own',
    async (value) => {
      for (const name of FUNCTIONS) {
        const outcome = await functions.invoke(name, value).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(REASONS).toContain(outcome.name);
        } else {
          expect(() => JSON.stringify(outcome)).not.toThrow();
        }
      }
    },
  );
});
