import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const TYPES = 'expected application/json, multipart/form-data or application/x-www-form-urlencoded';
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const multipart = { 'content-type': 'multipart/form-data; boundary=B' };

/** The info of the 400 that answers a request to /predict. */
async function infoOf(headers: Record<string, string>, body: string, path = '/predict'): Promise<string> {
  const method = body === '' && path.includes('?') ? 'GET' : 'POST';
  const answer = await deploy({ MODEL_NAME: 'Identity' }).send({ method, path, headers, body });
  expect(answer.status).toBe(400);
  return JSON.parse(answer.body as string).status.info;
}

const parts = (...all: [name: string, text: string][]) =>
  `${all.map(([name, text]) => `--B\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`).join('')}--B--\r\n`;

describe('a request without JSON is told why', () => {
  test.each<[headers: Record<string, string>, body: string, why: string]>([
    [{}, '{"strData":"x"}', `the header content-type is missing; ${TYPES}`],
    [{ 'content-type': 'text/plain' }, '{"strData":"x"}', `the content type is "text/plain"; ${TYPES}`],
    [
      { 'content-type': `x/${'y'.repeat(100)}` },
      '{}',
      `the content type is "x/${'y'.repeat(77)}...; ${TYPES}`,
    ],
    [json, '', 'the body is empty'],
    [{}, '', 'the body is empty'],
    [json, ' ', 'the text is empty'],
    [form, 'strData=x', 'expected the form field json'],
    [json, '{"strData":"x",}', 'line 1, column 16: expected a name in double quotes, got "}"'],
    [json, '{"strData":\n "x"\n "meta":{}}', 'line 3, column 2: expected , or }, got a text'],
    [json, "{'strData':1}", 'line 1, column 2: expected a name in double quotes or }, got "\'"'],
    [json, '{"jsonData":[1,2', 'the text ends after 16 characters; expected , or ]'],
    [json, '{"jsonData":[1,,2]}', 'line 1, column 16: expected a value, got ","'],
    [json, '{"jsonData" 1}', 'line 1, column 13: expected :, got "1"'],
    [json, '{"jsonData":1]', 'line 1, column 14: expected , or }, got "]"'],
    [json, '{"jsonData":None}', 'line 1, column 13: expected a value, got "N"'],
    [
      json,
      '{"jsonData":"a\tb"}',
      'line 1, column 13: expected a value, got a text that does not end or has a character that JSON escapes',
    ],
    [json, '{"strData":"x"} junk', 'line 1, column 17: expected nothing more, got "j"'],
    [json, `{"jsonData":${'1'.repeat(5000)}}`, 'an integer has more than 4300 digits'],
    [json, '['.repeat(100_000), 'the text ends after 100000 characters; expected a value or ]'],
  ])('%j: %.30s', async (headers, body, why) => {
    expect(await infoOf(headers, body)).toBe(`Can't find JSON in data: ${why}`);
  });

  test('in a query, a form and a part, too', async () => {
    expect(await infoOf({}, '', '/predict?x=1')).toBe(
      "Can't find JSON in data: expected the query value json",
    );
    const why = 'line 1, column 6: expected a value, got "}"';
    expect(await infoOf({}, '', '/predict?json=%7B%22a%22%3A%7D')).toBe(`the field json is not JSON: ${why}`);
    expect(await infoOf(form, 'json=%7B%22a%22%3A%7D')).toBe(`the field json is not JSON: ${why}`);
    const part = parts(['data', '{"a":}']);
    expect(await infoOf(multipart, part)).toBe(`multipart/form-data: the part "data" is not JSON: ${why}`);
  });
});

describe('a field that is there twice is refused, so that none is lost', () => {
  test.each(['data', 'meta', 'strData', 'json', 'constructor'])('part %s', async (name) => {
    const text = name === 'strData' ? 'x' : '{}';
    const body = parts(
      ['strData', 'x'],
      [name, text],
      ...(name === 'strData' ? [] : [[name, text] as [string, string]]),
    );
    expect(await infoOf(multipart, body)).toBe(
      `multipart/form-data: the part "${name}" is there more than once`,
    );
  });

  test('the form field and the query value json', async () => {
    expect(await infoOf(form, 'json=%7B%7D&json=%7B%7D')).toBe('the field json is there more than once');
    expect(await infoOf({}, '', '/predict?json=%7B%7D&json=%7B%7D')).toBe(
      'the field json is there more than once',
    );
  });
});

test('a form whose content type names no boundary is refused: a feedback in it would be lost', async () => {
  const { send } = deploy({ MODEL_NAME: 'Identity' });
  for (const type of ['multipart/form-data', 'multipart/form-data; charset=utf-8', 'Multipart/Form-Data;']) {
    for (const path of ['/predict', '/send-feedback', '/aggregate']) {
      const headers = { 'content-type': type };
      const answer = await send({ method: 'POST', path, headers, body: parts(['reward', '1']) });
      expect([answer.status, JSON.parse(answer.body as string).status.info]).toEqual([
        400,
        'Invalid request data type: multipart/form-data whose content type names no boundary',
      ]);
    }
  }
});

test('a part json is the whole message, wherever it stands', async () => {
  const { send } = deploy({ MODEL_NAME: 'Identity' });
  const whole: [string, string] = ['json', '{"strData":"whole"}'];
  for (const body of [parts(whole, ['meta', '{}']), parts(['meta', '{}'], whole)]) {
    const answer = await send({ method: 'POST', path: '/predict', headers: multipart, body });
    expect(JSON.parse(answer.body as string)).toEqual({ strData: 'whole', meta: {} });
  }
});
