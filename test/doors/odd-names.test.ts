import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { deploy } from '../support/functions.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
/** Names that every object has, or seems to have. */
const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'valueOf', '__proto__'];

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** An object with these names, as JSON makes it. */
const withNames = <T>(value: T): Record<string, T> =>
  JSON.parse(`{${NAMES.map((name) => `"${name}":${JSON.stringify(value)}`).join()}}`);

describe('names that every object has are names like others', () => {
  test('of tags, paths and jsonData, in requests and answers', async () => {
    const { send } = deploy({
      MODEL_NAME: 'NoMethods',
      PREDICTIVE_UNIT_ID: '__proto__',
      PREDICTIVE_UNIT_IMAGE: 'i:1',
    });
    const meta = { tags: withNames('x'), requestPath: withNames('i') };
    const body = JSON.stringify({ jsonData: withNames(1), meta });
    const { status, body: text } = await send({ method: 'POST', path: '/transform-input', body });
    expect(status).toBe(200);
    expect(JSON.parse(text as string)).toEqual(JSON.parse(body));
  });

  test('of tags that a model gives, with values that have to be changed', async () => {
    const { send } = deploy({ MODEL_DIR, MODEL_NAME: 'Returns' });
    const own = JSON.parse('{"__proto__":"NaN","constructor":{"__proto__":"NaN"}}', (_, value) =>
      value === 'NaN' ? Number.NaN : value,
    );
    vi.stubGlobal(
      'returns',
      new Map<string, unknown>([
        ['x', () => own],
        ['tags', () => own],
      ]),
    );
    const body = JSON.stringify({ strData: 'x', meta: { tags: { b: 1 } } });
    const { body: text } = await send({ method: 'POST', path: '/predict', body });
    expect(text).toBe(
      '{"jsonData":{"__proto__":"NaN","constructor":{"__proto__":"NaN"}},' +
        '"meta":{"tags":{"b":1,"__proto__":"NaN","constructor":{"__proto__":"NaN"}}}}',
    );
  });

  test('of metrics and their labels', async () => {
    const { send } = deploy({ MODEL_DIR, MODEL_NAME: 'Returns' });
    const metrics = NAMES.map((key) => ({ type: 'GAUGE', key, value: 1, tags: withNames('x') }));
    vi.stubGlobal(
      'returns',
      new Map<string, unknown>([
        ['x', () => 'y'],
        ['metrics', () => metrics],
      ]),
    );
    await send({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
    const { body } = await send({ method: 'GET', path: '/prometheus' });
    expect(body).toContain(
      '# HELP constructor A gauge of the model.\n# TYPE constructor gauge\nconstructor{_proto__="x",constructor="x",',
    );
    expect(body).toContain('# HELP __proto__ A gauge of the model.\n');
    expect(body).toMatch(/,hasOwnProperty="x",.*,toString="x",valueOf="x"/);
  });

  test.each(NAMES)('of the reason of an error: %s', async (reason) => {
    const { send } = deploy({ MODEL_DIR, MODEL_NAME: 'Returns' });
    const { SeldonError } = await import('seldon-lambda');
    const fail = () => {
      throw new SeldonError(reason, 'x');
    };
    vi.stubGlobal('returns', new Map([['x', fail]]));
    const { status, body } = await send({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
    expect([status, JSON.parse(body as string).status]).toEqual([
      400,
      { status: 1, info: 'x', code: -1, reason },
    ]);
  });

  test.each(NAMES)('of a unit without a branch of its own: %s', async (id) => {
    const { send } = deploy({ MODEL_NAME: 'Inspect', PREDICTIVE_UNIT_ID: id });
    const feedback = { response: { meta: { routing: { other: 1 } } } };
    const { body } = await send({ method: 'POST', path: '/send-feedback', body: JSON.stringify(feedback) });
    expect(JSON.parse(body as string).jsonData.routing).toEqual({ kind: 'null' });
  });
});

describe('what a caller sends goes back in headers only if a header can have it', () => {
  const { stringify } = JSON;

  test.each([
    ['a\r\nset-cookie: x', 'a%0D%0Aset-cookie: x'],
    ['a\u0000b', 'a%00b'],
    ['id 😀', 'id %F0%9F%98%80'],
    ['half \ud83d', 'half %EF%BF%BD'],
    ['Łódź', '%C5%81ód%C5%BA'],
    ['p/1 ü', 'p/1 ü'],
  ])('puid %j', async (puid, answered) => {
    const { send } = deploy({ MODEL_NAME: 'Identity' });
    const headers = { 'content-type': 'application/json', 'seldon-puid': puid };
    const { headers: own } = await send({
      method: 'POST',
      path: '/predict',
      headers,
      body: stringify({ strData: 'x' }),
    });
    expect(own['seldon-puid']).toBe(answered);
  });

  test('an empty puid counts as absent', async () => {
    const { send } = deploy({ MODEL_NAME: 'Identity' });
    const { headers } = await send({ method: 'GET', path: '/health/ping', headers: { 'seldon-puid': '' } });
    expect(headers['seldon-puid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ['content-type, X-Own_1', 'content-type, X-Own_1'],
    ['a\r\nset-cookie: x', undefined],
    ['a\u0000b', undefined],
    ['😀', undefined],
    ['', undefined],
  ])('headers that a preflight asks for: %j', async (asked, answered) => {
    const { send } = deploy({ MODEL_NAME: 'Identity' });
    const headers = { origin: 'https://a.example', 'access-control-request-headers': asked };
    const answer = await send({ method: 'OPTIONS', path: '/predict', headers });
    expect([answer.status, answer.headers['access-control-allow-headers']]).toEqual([200, answered]);
  });
});
