import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as library from 'seldon-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { damagedText, json, message, request, text } from '../support/arbitraries.ts';
import { apiGatewayV2, type EventSource, eventSources, readResult } from '../support/events.ts';
import { type Deployment, deploy, functionOfPath } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';

const MODEL_DIR = new URL('../models/lifecycle/', import.meta.url).pathname;
type Library = typeof library;

const FUNCTIONS = [...new Set(functionOfPath.values())];
const SOURCES: EventSource[] = Object.values(eventSources);

const BOUNDARY = '----------------------------0123456789';

/** All that this project answers by itself. */
const REASONS = [
  'MICROSERVICE_BAD_DATA',
  'MICROSERVICE_NOT_FOUND',
  'MICROSERVICE_METHOD_NOT_ALLOWED',
  'MICROSERVICE_PAYLOAD_TOO_LARGE',
  'MICROSERVICE_INTERNAL_ERROR',
  'MICROSERVICE_BAD_METRIC',
  'MICROSERVICE_BAD_METADATA',
  'MICROSERVICE_BAD_PARAMETER',
];

/** Words of the language and of libraries, which tell a caller nothing. */
const INTERNALS =
  /\n\s+at |TypeError|RangeError|SyntaxError|Cannot read prop|Cannot convert|is not a function|is not iterable|is not defined|call stack|Invalid (array|typed|string)|\[object|node:internal|ZodError|serialize a BigInt|circular structure/;

let functions: Deployment;
let lines: () => unknown;

beforeEach(() => {
  // What it keeps, nobody reads: only that each line is JSON.
  lines = captureLog();
});

afterEach(() => {
  lines();
  vi.restoreAllMocks();
});

afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** A model that has every method, answers what it gets and never fails: so no answer may be 500. */
function deployEverything() {
  beforeAll(() => {
    functions = deploy({ MODEL_DIR, MODEL_NAME: 'Everything' });
  });
}

type Result = ReturnType<typeof readResult>;

/** Valid JSON and a status of HTTP; where it is an error, in the form of all errors and in our own words. */
function expectAnswer({ status, headers, body }: Result, statuses = /^(200|4\d\d)$/, how = '') {
  const shown = typeof body === 'string' ? body : Buffer.from(body).toString();
  const summary = `${how} answered ${status} ${shown.slice(0, 300)}`;
  expect(`${status}`, summary).toMatch(statuses);
  if (headers['content-type'] !== 'application/json' || shown === '') {
    return;
  }
  const answer = JSON.parse(shown);
  if (status < 400) {
    return;
  }
  expect(answer.status, summary).toMatchObject({ status: 1, code: -1, info: expect.any(String) });
  expect(REASONS, summary).toContain(answer.status.reason);
  expect(answer.status.info, summary).not.toMatch(INTERNALS);
}

function post(
  path: string,
  body: string | Uint8Array,
  contentType = 'application/json',
  source = apiGatewayV2,
) {
  return functions.send({ method: 'POST', path, headers: { 'content-type': contentType }, body }, source);
}

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
  const PATHS = [...functionOfPath.keys()].filter((path) => !/\*|health|metadata|seldon/.test(path));
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
        // What is no payload when it comes back: a bare number, a boolean, null.
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
      info: "Can't find JSON in data",
    });
  });
});

describe('any parts', () => {
  deployEverything();

  const FIELDS = [
    'data',
    'strData',
    'binData',
    'jsonData',
    'meta',
    'json',
    'seldonMessages',
    'request',
    '__proto__',
    '',
  ];
  const TYPES = ['application/json', 'application/octet-stream', 'text/plain; charset=latin1', '?'];
  const CONTENTS = [
    '{"ndarray":[[1]]}',
    '"YWI="',
    '{"tags":{}}',
    `--${BOUNDARY}`,
    `\r\n--${BOUNDARY}\r\n`,
    '',
  ];
  const part = fc.record({
    name: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...FIELDS) }, text),
    filename: fc.option(fc.constantFrom('f', '', 'é.bin'), { nil: undefined }),
    type: fc.option(fc.constantFrom(...TYPES), { nil: undefined }),
    content: fc
      .oneof(
        damagedText(message),
        json.map((value) => JSON.stringify(value)),
        text,
        fc.uint8Array({ maxLength: 20 }),
        fc.constantFrom(...CONTENTS),
      )
      .map((content) => Buffer.from(content)),
  });
  const body = fc
    .array(part, { maxLength: 4 })
    .map((parts) =>
      Buffer.concat([
        ...parts.flatMap(({ name, filename, type, content }) => [
          Buffer.from(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"`),
          Buffer.from(filename === undefined ? '\r\n' : `; filename="${filename}"\r\n`),
          Buffer.from(type === undefined ? '\r\n' : `content-type: ${type}\r\n\r\n`),
          content,
          Buffer.from('\r\n'),
        ]),
        Buffer.from(`--${BOUNDARY}--\r\n`),
      ]),
    );
  const type = `multipart/form-data; boundary=${BOUNDARY}`;

  test('are 200 or a 4xx, for every endpoint, as bytes and as text', async () => {
    const path = fc.constantFrom('/predict', '/aggregate', '/send-feedback');
    await fc.assert(
      fc.asyncProperty(body, path, fc.boolean(), async (bytes, to, isText) => {
        expectAnswer(await post(to, isText ? bytes.toString() : bytes, type));
      }),
      { numRuns: 1000 },
    );
  });

  test('cut off anywhere, or with a byte changed, are 200 or a 4xx', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.nat(), fc.nat(255), fc.boolean(), async (bytes, at, byte, isCut) => {
        const changed = Buffer.from(bytes);
        changed[at % bytes.length] = byte;
        expectAnswer(await post('/predict', isCut ? bytes.subarray(0, at % bytes.length) : changed, type));
      }),
      { numRuns: 1000 },
    );
  });

  test('named like a message’s fields are that message', async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.boolean(), async (value, isFile) => {
        const parts = Object.entries(value).map(([name, inner]) => {
          const isPlain = name === 'strData' || (name === 'binData' && isFile);
          const content =
            name === 'binData' && isFile
              ? Buffer.from(String(inner), 'base64')
              : Buffer.from(isPlain ? String(inner) : JSON.stringify(inner));
          return Buffer.concat([
            Buffer.from(
              `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"${name === 'binData' && isFile ? '; filename="f"' : ''}\r\n\r\n`,
            ),
            content,
            Buffer.from('\r\n'),
          ]);
        });
        // A lone surrogate has no UTF-8.
        fc.pre(
          !/[\ud800-\udfff]/.test(String(value.strData ?? '').replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')),
        );
        const sent = await post(
          '/predict',
          Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]),
          type,
        );
        const expected = await post('/predict', JSON.stringify(value));
        expect({ status: sent.status, body: sent.body }).toEqual({
          status: expected.status,
          body: expected.body,
        });
      }),
      { numRuns: 500 },
    );
  });

  test('cut off before the last boundary are never taken for a whole', async () => {
    const whole = Buffer.from(
      [
        `--${BOUNDARY}\r\ncontent-disposition: form-data; name="strData"\r\n\r\nlong enough to be cut\r\n`,
        `--${BOUNDARY}\r\ncontent-disposition: form-data; name="meta"\r\n\r\n{"puid":"p"}\r\n--${BOUNDARY}--\r\n`,
      ].join(''),
    );
    const end = whole.lastIndexOf('--\r\n') + 2;
    for (const length of [end, whole.length]) {
      expect((await post('/predict', whole.subarray(0, length), type)).status).toBe(200);
    }
    for (let length = 0; length < end; length++) {
      expect((await post('/predict', whole.subarray(0, length), type)).status, `${length} bytes`).toBe(400);
    }
  });

  const disposition = 'Content-Disposition: form-data; name="strData"';
  const written: Record<string, [boundary: string, body: (delimiter: string) => string]> = {
    'with the shortest boundary, which the text has too': [
      'i',
      (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with the boundary of Perl’s library': ['xYzZY', (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`],
    'with the boundary of Python’s email': [
      '"===============12345=="',
      (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with all that a boundary may hold': [
      '"a \'()+_,-./:=?"',
      (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with a boundary like a regular expression': [
      'b.*$&',
      (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with the longest boundary': ['x'.repeat(70), (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`],
    'with another parameter behind the boundary': [
      'b; charset=utf-8',
      (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with something before them': [
      'b',
      (i) => `for old readers\r\n${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with something behind them': ['b', (i) => `${i}\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\nbye\r\n`],
    'with blanks behind a boundary': ['b', (i) => `${i} \r\n${disposition}\r\n\r\nhi\r\n${i}-- \r\n`],
    'without quotes around the name': [
      'b',
      (i) => `${i}\r\nContent-Disposition: form-data; name=strData\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'without blanks in the header': [
      'b',
      (i) => `${i}\r\ncontent-disposition:form-data;name="strData"\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with more headers': [
      'b',
      (i) =>
        `${i}\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n${disposition}\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with a file name as Python’s requests writes é': [
      'b',
      (i) => `${i}\r\n${disposition}; filename*=utf-8''%C3%A9\r\n\r\nhi\r\n${i}--\r\n`,
    ],
    'with a file name without quotes': [
      'b',
      (i) => `${i}\r\n${disposition}; filename=x.txt\r\n\r\nhi\r\n${i}--\r\n`,
    ],
  };

  test.each(Object.entries(written))('are read when they are written %s', async (_how, [boundary, write]) => {
    const body = write(`--${boundary.replace(/;.*/, '').replaceAll('"', '')}`);
    const { body: answer } = await post('/predict', body, `multipart/form-data; boundary=${boundary}`);
    expect(JSON.parse(answer as string)).toEqual({ strData: 'hi', meta: {} });
  });

  test.each([
    `x--${BOUNDARY}`,
    `--${BOUNDARY}x`,
    `\r\n--${BOUNDARY}x`,
    `${BOUNDARY}\r\n`,
    '\r\n--\r\n',
    '\r\n\r\n',
  ])('may hold what only looks like a boundary: %j', async (content) => {
    const body = `--${BOUNDARY}\r\n${disposition}\r\n\r\n${content}\r\n--${BOUNDARY}--\r\n`;
    const { body: answer } = await post('/predict', body, type);
    expect(JSON.parse(answer as string)).toEqual({ strData: content, meta: {} });
  });
});

describe('a small request cannot ask for much', () => {
  const tensor = (shape: unknown[], values: unknown[] = []) =>
    JSON.stringify({ data: { tensor: { shape, values } } });
  const tftensor = (sizes: unknown[], fields: object) => {
    const dim = sizes.map((size) => ({ size: String(size) }));
    return JSON.stringify({ data: { tftensor: { dtype: 'DT_DOUBLE', tensorShape: { dim }, ...fields } } });
  };
  const deep = (levels: number, inner = '') => '['.repeat(levels) + inner + ']'.repeat(levels);
  const listOf = (count: number, write: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => write(i)).join();
  const escaped = '\\"'.repeat(60_000);
  const words = listOf(2000, (dots) => `"NaN${'.'.repeat(dots)}"`);
  const ones = new Array(100_000).fill(1);

  /** `many`: as many as memory never holds; for models that would try, as many as take seconds. */
  const emptyArrays = (many: number): Record<string, string> => ({
    'no rows of very many columns': tensor([0, many]),
    'very many rows of no columns': tensor([many, 0]),
    'axes that multiply to nothing': tensor([4096, Math.ceil(many / 4096), 0]),
    'axes that multiply to infinity and nothing': tensor([1e200, 1e200, 0]),
    'more elements than there are values': tensor([many]),
    'a hundred thousand axes': tensor(ones, [1]),
    'a tftensor of very many elements, one given': tftensor([many], { doubleVal: [1] }),
    'a tftensor of very many elements, none given': tftensor([many], {}),
    'a tftensor of very many rows of no columns': tftensor([many, 0], {}),
    'a tftensor of no rows of very many columns': tftensor([0, many], {}),
    'a tftensor of elements beyond all numbers': tftensor([1e300, 1e300], { tensorContent: 'AAAA' }),
    'a tftensor of a hundred thousand axes': tftensor(ones, { doubleVal: [1] }),
  });
  const nestings: Record<string, string> = {
    'a list nested 33 deep': `{"data":{"ndarray":${deep(33, '1')}}}`,
    'a list nested 890 deep': `{"data":{"ndarray":${deep(890, '1')}}}`,
    'a list nested 100,000 deep': `{"data":{"ndarray":${deep(100_000)}}}`,
    'an object nested 100,000 deep': `{"jsonData":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
    'a list nested 100,000 deep with NaN in it': `{"jsonData":${deep(100_000, 'NaN')}}`,
    'a list nested 100,000 deep that does not end': '['.repeat(100_000),
    'names nested 100,000 deep': `{"data":{"names":${deep(100_000)},"ndarray":[]}}`,
    'tags nested 100,000 deep': `{"strData":"x","meta":{"tags":{"a":${deep(100_000)}}}}`,
  };
  const texts: Record<string, string> = {
    'a text of quotes that does not end, behind NaN': `NaN"${escaped}`,
    'a text of quotes that does not end, behind NaN and before a backslash': `NaN"${escaped}\\`,
    'a text of quotes that does not end, behind many digits': `${'1'.repeat(5000)}"${escaped}`,
    'all words that could stand for NaN': `{"jsonData":[${words},NaN]}`,
    'many words NaN': `{"jsonData":[${'NaN,'.repeat(200_000)}1]}`,
    'a number of a million digits': `{"jsonData":[${'9'.repeat(1_000_000)}]}`,
    'a fraction of a million digits': `{"jsonData":[0.${'9'.repeat(1_000_000)}]}`,
    'many texts of digits': `{"jsonData":[${listOf(100_000, () => '"11111111"')}]}`,
  };
  const crowds: Record<string, string> = {
    'many keys': `{"jsonData":{${listOf(100_000, (i) => `"k${i}":1`)}}}`,
    'many unknown fields': `{${listOf(100_000, (i) => `"k${i}":1`)}}`,
    'many wrong names': `{"data":{"names":[${listOf(200_000, () => '{}')}],"ndarray":[]}}`,
    'many wrong values of a tensor': `{"data":{"tensor":{"shape":[200000],"values":[${listOf(200_000, () => '{}')}]}}}`,
    'many ragged rows': `{"data":{"ndarray":[${listOf(100_000, (i) => `[${'1,'.repeat(i % 3)}1]`)}]}}`,
    'many empty rows': `{"data":{"ndarray":[${listOf(300_000, () => '[]')}]}}`,
    'many tags': `{"strData":"x","meta":{"tags":{${listOf(50_000, (i) => `"k${i}":1`)}}}}`,
  };
  const feedbacks: Record<string, string> = {
    'many unknown fields': `{${listOf(100_000, (i) => `"k${i}":1`)}}`,
    'many unknown fields of a message': `{"request":{${listOf(100_000, (i) => `"k${i}":1`)}}}`,
    'many wrong names': `{"request":{"data":{"names":[${listOf(200_000, () => '1')}],"ndarray":[]}}}`,
    'many wrong values': `{"truth":{"data":{"tensor":{"shape":[1],"values":["x",${listOf(200_000, () => '{}')}]}}}}`,
    'many wrong axes': `{"truth":{"data":{"tensor":{"shape":[${listOf(200_000, () => '"x"')}],"values":[]}}}}`,
    'many wrong metrics': `{"response":{"meta":{"metrics":[${listOf(500_000, () => '{"a":1}')}]}}}`,
    'many wrong tags of a metric': `{"response":{"meta":{"metrics":[{"tags":{${listOf(350_000, (i) => `"k${i}":1`)}}}]}}}`,
    'many wrong branches': `{"response":{"meta":{"routing":{${listOf(350_000, (i) => `"k${i}":"x"`)}}}}}`,
    'many wrong images': `{"request":{"meta":{"requestPath":{${listOf(350_000, (i) => `"k${i}":1`)}}}}}`,
  };

  async function expectSmallAnswer(path: string, body: string, contentType?: string) {
    const before = process.memoryUsage().rss;
    // What takes a time that grows with the square of the size does not end before the test does.
    expectAnswer(await post(path, body, contentType));
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 2 ** 20);
  }

  describe('of a model that answers what it gets', () => {
    deployEverything();

    test.each(Object.entries({ ...emptyArrays(1_000_000_000), ...nestings, ...texts, ...crowds }))(
      '%s',
      async (_what, body) => {
        await expectSmallAnswer('/predict', body);
      },
    );

    test.each(Object.entries({ ...emptyArrays(1_000_000_000), ...nestings, ...crowds }))(
      'in a list of messages: %s',
      async (_what, body) => {
        await expectSmallAnswer('/aggregate', `[${body}]`);
        await expectSmallAnswer('/aggregate', `[{"data":{"ndarray":[[1]]}},${body}]`);
      },
    );

    test('very many messages', async () => {
      await expectSmallAnswer('/aggregate', `[${listOf(50_000, () => '{"strData":"x"}')}]`);
      await expectSmallAnswer('/aggregate', `[${listOf(50_000, () => '{"data":{"names":[{}]}}')}]`);
    });

    test.each(Object.entries({ ...emptyArrays(1_000_000_000), ...nestings }))(
      'in a feedback: %s',
      async (_what, body) => {
        await expectSmallAnswer('/send-feedback', `{"request":${body}}`);
      },
    );

    test.each(Object.entries(feedbacks))('in a feedback: %s', async (_what, body) => {
      await expectSmallAnswer('/send-feedback', body);
    });

    test.each(Object.entries({ ...nestings, ...crowds }))('in a form: %s', async (_what, body) => {
      await expectSmallAnswer(
        '/predict',
        `json=${encodeURIComponent(body)}`,
        'application/x-www-form-urlencoded',
      );
    });
  });

  describe('of a model that takes the lists', () => {
    beforeAll(() => {
      functions = deploy({ MODEL_DIR, MODEL_NAME: 'Nests' });
    });

    test.each(Object.entries(emptyArrays(20_000_000)))('%s', async (_what, body) => {
      await expectSmallAnswer('/predict', body);
    });
  });

  describe('in parts', () => {
    deployEverything();

    const line = `--${BOUNDARY}\r\n`;
    const end = `\r\n--${BOUNDARY}--`;
    const named = (name: string) => `${line}content-disposition: form-data; name="${name}"`;
    const multipart: Record<string, string> = {
      'many parts': `${Array.from({ length: 20_000 }, (_, i) => `${named(`x${i}`)}\r\n\r\n1\r\n`).join('')}${end}`,
      'a part without an end of its header': `${named('a'.repeat(2_000_000))}${end}`,
      'many boundaries that are none': `${`--${BOUNDARY}`.repeat(50_000)}${end}`,
      'many empty lines': `${line}${'\r\n'.repeat(500_000)}${end}`,
      'many headers': `${line}${'a: b\r\n'.repeat(200_000)}\r\n\r\n${end}`,
      'half a boundary, over and over': `${named('strData')}\r\n\r\n${'\r\n--'.repeat(400_000)}${end}`,
      'nearly a boundary, over and over': `${named('strData')}\r\n\r\n${`\r\n--${BOUNDARY.slice(1)}`.repeat(50_000)}${end}`,
    };

    test.each(Object.entries(multipart))('multipart: %s', async (_what, body) => {
      await expectSmallAnswer('/predict', body, `multipart/form-data; boundary=${BOUNDARY}`);
    });
  });
});

describe('whatever a model returns', () => {
  const returns = new Map<string, () => unknown>();
  // The deployed functions have modules of their own, and so classes of their own.
  let deployed: Library;
  let odd: Record<string, unknown>;
  beforeAll(async () => {
    vi.stubGlobal('returns', returns);
    functions = deploy({ MODEL_DIR, MODEL_NAME: 'Returns' });
    deployed = await import('seldon-lambda');
    odd = oddValues(deployed);
  });
  beforeEach(() => {
    returns.clear();
  });

  async function answerOf(returned: () => unknown): Promise<Result> {
    returns.set('it', returned);
    return functions.send({ method: 'POST', path: '/predict', body: '{"strData":"it"}' });
  }

  class Instance {
    readonly field = 1;
  }
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = [cyclic];
  const nestedList = (levels: number) => {
    let value: unknown = 1;
    for (let level = 0; level < levels; level++) {
      value = level % 2 ? [value] : { value };
    }
    return value;
  };
  const wide: unknown[] = [];
  wide.push(new Array(1000).fill(wide));

  /** Values that JSON has no word for, or has one for though nobody thinks of it. */
  const oddValues = ({
    counter,
    fromData,
    fromNested,
    SeldonResponse,
  }: Library): Record<string, unknown> => ({
    undefined: undefined,
    null: null,
    true: true,
    'a number': 1.5,
    NaN: Number.NaN,
    'a bigint': 5n,
    'a huge bigint': 2n ** 70n,
    'a symbol': Symbol('s'),
    'a function': () => 1,
    'a class': Instance,
    'a Date': new Date(0),
    'an invalid Date': new Date(Number.NaN),
    'a Map': new Map([['a', 1]]),
    'a Set': new Set([1]),
    'a WeakMap': new WeakMap(),
    'a RegExp': /x/,
    'an Error': new Error('returned, not thrown'),
    'an instance': new Instance(),
    'a boxed text': new String('x'),
    'a boxed number': new Number(1),
    'an object without prototype': Object.assign(Object.create(null), { a: 1 }),
    'an object that is its own prototype chain': Object.create({ inherited: 1 }),
    'a cyclic object': cyclic,
    'a cyclic list': wide,
    'something nested 999 deep': nestedList(990),
    'something nested 5000 deep': nestedList(5000),
    'a sparse list': Object.assign(new Array(3), { 1: 1 }),
    'a list with a property': Object.assign([1], { extra: 1 }),
    'a list of holes': new Array(5),
    'nested holes': [[[1], [2]], Object.assign(new Array(2), { 1: [3] })],
    bytes: Uint8Array.of(1, 2),
    'a Buffer': Buffer.from('ab'),
    'an ArrayBuffer': new ArrayBuffer(2),
    'a DataView': new DataView(new ArrayBuffer(2)),
    Float64Array: Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, -0),
    Float32Array: Float32Array.of(0.1),
    Int8Array: Int8Array.of(-1),
    Int16Array: Int16Array.of(-1),
    Int32Array: Int32Array.of(-1),
    Uint8ClampedArray: Uint8ClampedArray.of(255),
    Uint16Array: Uint16Array.of(1),
    Uint32Array: Uint32Array.of(1),
    BigInt64Array: BigInt64Array.of(-(2n ** 63n)),
    BigUint64Array: BigUint64Array.of(2n ** 64n - 1n),
    'an empty Float64Array': new Float64Array(),
    'an array without axes': fromData(Float64Array.of(1), []),
    'an array without elements': fromData(new Float64Array(), [0, 3]),
    'complex numbers': fromData(Float64Array.of(1, 2), [1], 'complex128'),
    bfloat16: fromData(Float32Array.of(1), [1], 'bfloat16'),
    'nested text': fromNested([['a']]),
    'an object whose toJSON gives another': { toJSON: () => ({ a: 1 }) },
    'an object whose toJSON gives nothing': { toJSON: () => undefined },
    'an object whose toJSON fails': {
      toJSON: () => {
        throw new Error('toJSON failed');
      },
    },
    'an object whose toJSON is its own': {
      toJSON() {
        return this;
      },
    },
    'an object whose member fails': {
      get a() {
        throw new Error('a failed');
      },
    },
    'a proxy': new Proxy({ a: 1 }, {}),
    'keys of all kinds': { '': 1, '__proto__ ': 2, '\n': 3, '\ud800': 4, 1: 5 },
    'an own key __proto__': JSON.parse('{"__proto__":{"a":1}}'),
    'lone surrogates': '\ud800 \udc00',
    'a response of nothing': new SeldonResponse(undefined),
    'a response in a response': new SeldonResponse(new SeldonResponse([1])),
    'a response with tags that are no object': new SeldonResponse([1], { tags: [1n] as never }),
    'a response with odd tags': new SeldonResponse([1], {
      tags: { a: Number.NaN, b: 5n, c: undefined, d: [new Date(0)] },
    }),
    'a response with tags that are a Map': new SeldonResponse([1], { tags: new Map() as never }),
    'a response with cyclic tags': new SeldonResponse([1], { tags: cyclic }),
    'a response with metrics that are none': new SeldonResponse([1], { metrics: 5 as never }),
    'a response with a bigint metric': new SeldonResponse([1], { metrics: [counter('a', 5n as never)] }),
    'a response with cyclic metrics': new SeldonResponse([1], { metrics: [cyclic] as never }),
    'a response with a NaN metric': new SeldonResponse([1], { metrics: [counter('a', Number.NaN)] }),
    'a thenable that gives a list': {
      // biome-ignore lint/suspicious/noThenProperty: a model may return one.
      then: (done: (value: unknown) => void) => done([1]),
    },
  });
  const ODD = Object.keys(oddValues(library));

  const wrappers: Record<string, (value: unknown, library: Library) => unknown> = {
    'as it is': (value) => value,
    'in a promise': (value) => Promise.resolve(value),
    'in an object': (value) => ({ value }),
    'in a list': (value) => [value],
    'in a list of lists': (value) => [[1, value]],
    'in a list of objects in an object': (value) => ({ list: [{ value }] }),
    'as a tag': (value, { SeldonResponse }) => new SeldonResponse([1], { tags: { value } }),
    'as a promise in a list': (value) => [Promise.resolve(value)],
  };

  test.each(ODD)('%s is answered as valid JSON, or with an error of our own', async (what) => {
    const value = odd[what];
    for (const [how, wrap] of Object.entries(wrappers)) {
      expectAnswer(await answerOf(() => wrap(value, deployed)), /^(200|400|500)$/, how);
    }
  });

  test.each(ODD)('%s is so too from every other method', async (what) => {
    returns.set('it', () => odd[what]);
    const bodies = { '/route': '{"strData":"x"}', '/aggregate': '[]', '/send-feedback': '{}' };
    for (const [path, body] of Object.entries(bodies)) {
      expectAnswer(await post(path, body), /^(200|400|500)$/, path);
    }
    expectAnswer(await functions.send({ method: 'GET', path: '/health/status' }), /^(200|400|500|503)$/);
  });

  test.each(ODD)('%s is so too where it describes the model', async (what) => {
    for (const member of ['classNames', 'tags', 'metrics', 'initMetadata']) {
      returns.clear();
      returns.set(member, () => odd[what]);
      expectAnswer(await answerOf(() => [[1, 2]]), /^(200|400|500)$/, member);
      for (const path of ['/metadata', '/seldon.json']) {
        expectAnswer(await functions.send({ method: 'GET', path }), /^(200|500)$/, `${member} at ${path}`);
      }
    }
  });

  test('any JSON value is answered as itself, but that numbers, booleans and null are no payload', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const { status, body } = await answerOf(() => value);
        if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
          expect(status).toBe(400);
          return;
        }
        expect(status).toBe(200);
        const { strData, jsonData, data } = JSON.parse(body as string);
        if (typeof value === 'string') {
          expect(strData).toBe(value);
        } else if (!Array.isArray(value)) {
          expect(JSON.stringify(jsonData)).toBe(JSON.stringify(value));
        } else if (data.ndarray === undefined) {
          expect(data.tensor.values).toEqual(value.flat(99).map((inner) => Number(inner) + 0));
        } else {
          expect(JSON.stringify(data.ndarray)).toBe(JSON.stringify(value));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('numbers that JSON has no word for are texts, wherever they stand', async () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    await fc.assert(
      fc.asyncProperty(odd, fc.constantFrom('x', '__proto__', 'toJSON', ''), async (value, key) => {
        const { status, body } = await answerOf(
          () =>
            new deployed.SeldonResponse({ deep: [Object.fromEntries([[key, value]])] }, { tags: { value } }),
        );
        expect(status).toBe(200);
        const { jsonData, meta } = JSON.parse(body as string);
        expect(Object.values(jsonData.deep[0])).toEqual([String(value)]);
        expect(meta.tags.value).toBe(String(value));
      }),
      { numRuns: 50 },
    );
  });

  test('what a model returns is not changed', async () => {
    const value = { a: [Number.NaN, { b: Number.POSITIVE_INFINITY }], c: 5n };
    const before = structuredClone(value);
    const tags = { t: Number.NaN };
    await answerOf(() => new deployed.SeldonResponse(value, { tags }));
    expect({ value, tags }).toEqual({ value: before, tags: { t: Number.NaN } });
  });

  const failing = () => {
    throw new Error('cannot be shown');
  };
  const thrownValues = ({ SeldonError }: Library): Record<string, unknown> => ({
    'an object whose members all fail': { toString: failing, toJSON: failing },
    'an Error whose message fails': Object.defineProperty(new Error('x'), 'message', { get: failing }),
    'an object without a prototype': Object.create(null),
    'an Error whose message is an object': Object.assign(new Error('x'), { message: cyclic }),
    'an Error whose message is a bigint': Object.assign(new Error('x'), { message: 5n }),
    'an Error without a message': Object.assign(new Error('x'), { message: undefined }),
    'an Error without a stack': Object.assign(new Error('x'), { stack: null }),
    'an Error whose stack is a list': Object.assign(new Error('x'), { stack: [1] }),
    'an Error whose name is a bigint': Object.assign(new Error('x'), { name: 5n }),
    'an Error with a cyclic cause': Object.assign(new Error('x'), { cause: cyclic }),
    'an Error that is its own cause': withOwnCause(),
    'an Error whose cause has no prototype': Object.assign(new Error('x'), { cause: Object.create(null) }),
    'several Errors': new AggregateError([new Error('a')], 'several'),
    'a DOMException': new DOMException('aborted', 'AbortError'),
    'our error without info': new SeldonError('MINE', undefined),
    'our error with NaN as info': new SeldonError('MINE', { deep: [Number.NaN] }),
    'our error without a reason': new SeldonError('', 'x'),
    'our error with a body that is no JSON': new SeldonError('MINE', 'x', { body: cyclic }),
    ...Object.fromEntries(
      [99, 1000, -1, 0, 404.5, Number.NaN, '404', null].map((status) => [
        `our error with the status ${JSON.stringify(status)}`,
        new SeldonError('MINE', 'x', { status: status as number }),
      ]),
    ),
  });

  test.each([...ODD, ...Object.keys(thrownValues(library))])(
    '%s, thrown, is answered as an error',
    async (what) => {
      const thrown = { ...odd, ...thrownValues(deployed) }[what];
      const { status, body } = await answerOf(() => {
        throw thrown;
      });
      expect(Number.isInteger(status) && status >= 400 && status <= 599, `status ${status}`).toBe(true);
      const answer = JSON.parse(body as string);
      expect(answer.status).toMatchObject({ status: 1, code: -1, reason: expect.any(String) });
      expect(body).not.toMatch(/\\n\s+at |Cannot convert|Cannot read|serialize a BigInt|circular structure/);
    },
  );
});

function withOwnCause(): Error {
  const error = new Error('x');
  error.cause = error;
  return error;
}
