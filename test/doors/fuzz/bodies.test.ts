import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedText, message, request, text } from '../../support/arbitraries.ts';
import { functionOfPath } from '../../support/functions.ts';
import {
  BOUNDARY,
  deployEverything,
  expectAnswer,
  expectJsonLog,
  functions,
  post,
  SOURCES,
} from '../../support/fuzz.ts';

expectJsonLog();

describe('any body', () => {
  deployEverything();

  const CONTENT_TYPES = [
    ...[
      'application/json',
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/vnd.seldon+json',
    ],
    ...[
      'application/x-www-form-urlencoded',
      `multipart/form-data; boundary=${BOUNDARY}`,
      'multipart/form-data',
    ],
    ...[
      'multipart/form-data; boundary=""',
      'multipart/form-data; boundary=[',
      'text/plain',
      'application/x-protobuf',
    ],
    ...['application/octet-stream', '', ';', 'json', '*/*', 'application/+json'],
  ];
  const PATHS = [...functionOfPath.keys()].filter((path) => !/\*|health|metadata|seldon|v2/.test(path));
  const endpoint = fc.constantFrom(...PATHS);
  const source = fc.constantFrom(...SOURCES);
  const goodText = request.map((value) => JSON.stringify(value));
  const damaged = damagedText(request);

  test('of JSON with something wrong in it is 200 or a 4xx that says what, for every endpoint', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 6, arbitrary: damaged }, goodText),
        endpoint,
        source,
        async (body, path, from) => {
          expectAnswer(await post(path, body, 'application/json', from));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('that is a message is answered 200 by every endpoint that takes one', async () => {
    const own = fc.constantFrom('/predict', '/transform-input', '/transform-output', '/route');
    await fc.assert(
      fc.asyncProperty(message, own, async (value, path) => {
        const { status, body } = await post(path, JSON.stringify(value));
        const info = status === 200 ? '' : JSON.parse(body as string).status.info;
        // Values that are not payloads when they come back: a bare number, a boolean, null.
        if (!info.startsWith('Unknown data type returned as payload')) {
          expect({ status, info }).toEqual({ status: 200, info: '' });
        }
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    '{"toString":1,"valueOf":null}',
    '{"valueOf":{}}',
    '[[{"toString":null}]]',
    '{"toJSON":1}',
    '{"then":1}',
  ])('with %s, which has no text of its own, is 200 or a 4xx wherever it stands', async (odd) => {
    for (const data of [
      `{"tensor":{"shape":[2],"values":[1,${odd}]}}`,
      `{"tensor":{"shape":[${odd}],"values":[1]}}`,
      `{"names":[${odd}],"ndarray":[[1]]}`,
      `{"ndarray":[${odd},1]}`,
      `{"tftensor":{"dtype":${odd}}}`,
      `{"tftensor":{"dtype":"DT_DOUBLE","tensorShape":{"dim":[{"size":${odd}}]}}}`,
      `{"tftensor":{"dtype":"DT_DOUBLE","doubleVal":[${odd}]}}`,
    ]) {
      expectAnswer(await post('/predict', `{"data":${data}}`));
      expectAnswer(await post('/aggregate', `[{"data":${data}}]`));
      for (const part of ['request', 'truth', 'response']) {
        expectAnswer(await post('/send-feedback', `{"${part}":{"data":${data}}}`), undefined, data);
      }
    }
    for (const field of ['strData', 'jsonData', 'binData', 'meta', 'status', 'reward']) {
      for (const path of ['/predict', '/route', '/send-feedback']) {
        expectAnswer(await post(path, `{"${field}":${odd}}`));
      }
    }
    const meta = ['puid', 'tags', 'routing', 'requestPath', 'metrics'].map(
      (field) => `{"${field}":{"a":${odd}}}`,
    );
    for (const each of meta) {
      expectAnswer(await post('/predict', `{"strData":"x","meta":${each}}`));
      expectAnswer(await post('/send-feedback', `{"response":{"meta":${each}},"reward":1}`));
    }
  });

  test('of a tensor is answered where its values fill its shape, and refused where they do not', async () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(12), fc.boolean(), async (shape, count, isFull) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const values = new Array(isFull ? size : count).fill(1);
        const { status, body } = await post(
          '/predict',
          JSON.stringify({ data: { tensor: { shape, values } } }),
        );
        expect(status).toBe(values.length === size ? 200 : 400);
        if (status === 200) {
          expect(JSON.parse(body as string).data.tensor).toEqual({ shape, values });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of any bytes, with any content type, is 200 or a 4xx', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      goodText.map((value) => Buffer.from(value, 'utf16le')),
      goodText.map((value) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(value)])),
      goodText.map((value) => gzipSync(value)),
      fc.tuple(goodText, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
        const buffer = Buffer.from(value);
        buffer[at % buffer.length] = byte;
        return buffer;
      }),
      fc.tuple(goodText, fc.nat()).map(([value, at]) => Buffer.from(value).subarray(0, at % value.length)),
    );
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom(...CONTENT_TYPES),
        endpoint,
        source,
        async (body, type, path, from) => {
          expectAnswer(await post(path, body, type, from));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('of any text, with any content type, is 200 or a 4xx', async () => {
    const anyText = fc.oneof(
      text,
      damaged,
      damaged.map((value) => `json=${encodeURIComponent(value)}`),
      damaged.map((value) => `json=${value}&json=${value}`),
      damaged.map(
        (value) =>
          `--${BOUNDARY}\r\ncontent-disposition: form-data; name="json"\r\n\r\n${value}\r\n--${BOUNDARY}--\r\n`,
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.constantFrom(...CONTENT_TYPES),
        endpoint,
        source,
        async (body, type, path, from) => {
          expectAnswer(await post(path, body, type, from));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('in any content encoding is 200 or a 4xx', async () => {
    const encodings = [
      'gzip',
      'deflate',
      'br',
      'x-gzip',
      'identity',
      'gzip, gzip',
      'zstd',
      'constructor',
      '__proto__',
      'hasOwnProperty',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 30 }),
          goodText.map((value) => gzipSync(value)),
          fc.tuple(goodText, fc.nat(200)).map(([value, at]) => gzipSync(value).subarray(0, at)),
        ),
        fc.oneof(fc.constantFrom(...encodings), text),
        async (body, encoding) => {
          const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
          expectAnswer(await functions.send({ method: 'POST', path: '/predict', headers, body }));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('in a query is 200 or a 4xx', async () => {
    await fc.assert(
      fc.asyncProperty(damaged, source, async (value, from) => {
        const path = `/predict?json=${encodeURIComponent(value)}`;
        expectAnswer(await functions.send({ method: 'GET', path, headers: {} }, from));
      }),
      { numRuns: 500 },
    );
  });

  test('does not change what objects are', async () => {
    const evil =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"jsonData":{"__proto__":{"polluted":1}},"meta":{"__proto__":{"polluted":1},"tags":{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}}}';
    for (const path of PATHS) {
      await post(path, evil);
      await post(path, `[${evil},${evil}]`);
      await post(path, `{"request":${evil},"truth":${evil},"response":${evil}}`);
      await post(path, `json=${encodeURIComponent(evil)}`, 'application/x-www-form-urlencoded');
      await functions.invoke(functionOfPath.get(path) as string, JSON.parse(evil)).catch(() => {});
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    const answer = JSON.parse(
      (await post('/predict', '{"jsonData":{"__proto__":{"a":1},"b":2}}')).body as string,
    );
    expect(JSON.stringify(answer.jsonData)).toBe('{"__proto__":{"a":1},"b":2}');
  });
});

describe('JSON as Python writes it', () => {
  deployEverything();

  test.each([
    ['[NaN,-Infinity,Infinity]', '["NaN","-Infinity","Infinity"]'],
    [
      '{"a":NaN,"NaN":"NaN","b":["Infinity",-Infinity,1]}',
      '{"a":"NaN","NaN":"NaN","b":["Infinity","-Infinity",1]}',
    ],
    [
      '["\\"NaN\\"",NaN,"\\\\",NaN,"\\\\\\"",Infinity]',
      '["\\"NaN\\"","NaN","\\\\","NaN","\\\\\\"","Infinity"]',
    ],
  ])('%s is read', async (written, answered) => {
    const { status, body } = await post('/predict', `{"jsonData":{"x":${written}}}`);
    expect(status).toBe(200);
    expect(JSON.parse(body as string).jsonData).toEqual({ x: JSON.parse(answered) });
  });

  test.each([
    ...[
      '{NaN:1}',
      '{Infinity:1}',
      '[1Infinity]',
      '[0.Infinity]',
      '[Infinity5]',
      '[NaNNaN]',
      '[-NaN]',
      '[--Infinity]',
    ],
    ...[
      '["a"NaN]',
      '[NaN"a"]',
      '[1NaN]',
      '[NaN1]',
      '[Infinity Infinity]',
      '[+Infinity]',
      '[Infinity.5]',
      '[infinity, NaN]',
    ],
  ])('%s is no JSON there either', async (written) => {
    const { status, body } = await post('/predict', `{"jsonData":{"x":${written}}}`);
    expect({ status, info: JSON.parse(body as string).status?.info }).toEqual({
      status: 400,
      info: expect.stringMatching(/^Can't find JSON in data: line 1, column \d+: expected /),
    });
  });
});
