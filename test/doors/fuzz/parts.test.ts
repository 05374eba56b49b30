import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedText, json, message, text } from '../../support/arbitraries.ts';
import { BOUNDARY, deployEverything, expectAnswer, expectJsonLog, post } from '../../support/fuzz.ts';

expectJsonLog();

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
