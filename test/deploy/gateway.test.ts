import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Functions, openFunctions } from '../../src/deploy/local/functions.ts';
import { openGateway } from '../../src/deploy/local/gateway.ts';
import type { LocalFunction } from '../../src/deploy/local/instance.ts';
import { findRoute, toRoutes } from '../../src/deploy/local/routes.ts';

// The gateway of `npm start` with functions of a few lines, which do what a model of a user may do.
const HANDLER = `
let calls = 0;
const answer = { statusCode: 200, headers: { 'content-type': 'text/plain' } };
const acts = {
  event: (event) => ({ ...answer, body: JSON.stringify(event) }),
  calls: () => ({ ...answer, body: String(++calls) }),
  slow: () => new Promise((resolve) => setTimeout(() => resolve({ ...answer, body: String(++calls) }), 100)),
  throws: () => { throw new TypeError('my bug'); },
  floating: () => { Promise.reject(new Error('nobody handles this')); return new Promise(() => {}); },
  late: () => { setTimeout(() => { throw new Error('thrown late'); }, 1); return { ...answer, body: 'ok' }; },
  exits: () => process.exit(3),
  hangs: () => new Promise(() => {}),
  loops: () => { for (;;) {} },
  nothing: () => undefined,
  text: () => 'a text',
  bytes: () => ({ ...answer, body: 'AP+A', isBase64Encoded: true }),
  cookies: () => ({ ...answer, body: '', cookies: ['a=b', 'c=d'] }),
  huge: () => ({ ...answer, body: 'x'.repeat(6291556) }),
  badStatus: () => ({ ...answer, statusCode: 'fine' }),
  badBody: () => ({ ...answer, body: { an: 'object' } }),
  badHeader: () => ({ ...answer, headers: { 'x-a': 'two\\nlines' }, body: '' }),
};
export const handler = async (event) => acts[event.rawQueryString](event);
`;

let folder: string;
let functions: Functions;
let server: Server;
let url: string;
let reported: string[];
let onReport: () => void = () => {};

function local(file: string, timeoutMs: number): LocalFunction {
  const module = join(folder, file);
  return { name: 'svc-dev-f', module, exportName: 'handler', environment: {}, timeoutMs, memorySize: 128 };
}

function report(text: string): void {
  reported.push(text);
  onReport();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-'));
  writeFileSync(join(folder, 'f.mjs'), HANDLER);
  writeFileSync(join(folder, 'bad.mjs'), 'throw new Error("at import");');
  const definitions = { f: local('f.mjs', 30_000), brief: local('f.mjs', 50), bad: local('bad.mjs', 30_000) };
  functions = openFunctions(definitions, { idleMs: 60_000, report });
  const routes = Object.keys(definitions).map((name) => ({ key: `ANY /${name}`, functionName: name }));
  server = await openGateway({ host: '127.0.0.1', port: 0, routes, functions, report });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  reported = [];
});

afterAll(() => {
  functions.replace();
  server.close();
  rmSync(folder, { recursive: true });
});

async function call(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, text: await response.text() };
}

const FAILED = { status: 500, text: '{"message":"Internal Server Error"}' };

describe('a call that ends badly is answered at once, and the next one as ever:', () => {
  test.each([
    ['/f?throws', 'TypeError: my bug'],
    ['/f?floating', 'Error: nobody handles this'],
    ['/f?exits', 'exit status 3'],
    ['/brief?hangs', 'Task timed out after 0.05 seconds'],
    ['/brief?loops', 'Task timed out after 0.05 seconds'],
    ['/bad?text', 'Error: at import'],
    ['/f?huge', 'over the 6291556 bytes'],
    ['/f?badStatus', 'is not an answer'],
    ['/f?badBody', 'is not an answer'],
    ['/f?badHeader', 'x-a'],
  ])('%s', async (path, why) => {
    expect(await call(path)).toEqual(FAILED);
    expect(reported.join('\n')).toContain(why);
    expect(await call('/f?text')).toEqual({ status: 200, text: 'a text' });
  });

  test('an error between two calls is reported, and ends that instance alone', async () => {
    const said = new Promise<void>((resolve) => {
      onReport = resolve;
    });
    expect(await call('/f?late')).toEqual({ status: 200, text: 'ok' });
    await said;
    expect(reported.join('\n')).toMatch(/^f: Error: thrown late\n +at /);
    expect(await call('/f?text')).toMatchObject({ status: 200 });
  });

  test('a function that takes longer than an HTTP API waits', async () => {
    const routes = [{ key: '$default', functionName: 'f' }];
    const impatient = await openGateway({
      host: '127.0.0.1',
      port: 0,
      routes,
      functions,
      report,
      maxWaitMs: 20,
    });
    const { port } = impatient.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/?hangs`);
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 503,
      text: '{"message":"Service Unavailable"}',
    });
    impatient.close();
  });
});

describe('a route that nobody waits for', () => {
  let open: Server;

  async function send(query: string): Promise<{ status: number; text: string }> {
    const routes = [{ key: 'POST /copies/{path+}', functionName: 'f', isAsync: true }];
    open = await openGateway({ host: '127.0.0.1', port: 0, routes, functions, report });
    const { port } = open.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/copies/a/b?${query}`, { method: 'POST' });
    return { status: response.status, text: await response.text() };
  }

  afterEach(() => {
    open.close();
  });

  test('is answered before the function has ended', async () => {
    expect(await send('hangs')).toEqual({ status: 202, text: '' });
    expect(reported).toEqual([]);
  });

  test('reports an error of the function', async () => {
    const said = new Promise<void>((resolve) => {
      onReport = resolve;
    });
    expect(await send('throws')).toEqual({ status: 202, text: '' });
    await said;
    expect(reported.join('\n')).toContain('f: TypeError: my bug');
  });
});

test('a result becomes the answer, in each form of payload format 2.0', async () => {
  expect(await call('/f?nothing')).toEqual({ status: 200, text: 'null' });
  const bytes = await fetch(`${url}/f?bytes`);
  expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 128]);
  expect((await fetch(`${url}/f?cookies`)).headers.getSetCookie()).toEqual(['a=b', 'c=d']);
  expect(await call('/nowhere')).toEqual({ status: 404, text: '{"message":"Not Found"}' });
  expect(await call('/%zz')).toEqual({ status: 400, text: '{"message":"Bad Request"}' });
});

test('calls at the same time have instances of their own, later ones use them again', async () => {
  functions.replace();
  expect(await Promise.all([call('/f?slow'), call('/f?slow')])).toMatchObject([{ text: '1' }, { text: '1' }]);
  expect(await call('/f?calls')).toMatchObject({ text: '2' });
  functions.replace();
  expect(await call('/f?calls')).toMatchObject({ text: '1' });
});

test('a call that runs while its function is replaced goes on to its end', async () => {
  const slow = call('/f?slow');
  functions.replace();
  expect(await slow).toMatchObject({ status: 200 });
});

describe('the event', () => {
  async function eventOf(request: RequestInit = {}): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}/f?event`, request);
    return (await response.json()) as Record<string, unknown>;
  }

  test('has the members of a real one, and no other', async () => {
    const real = JSON.parse(
      readFileSync(new URL('../fixtures/events/apigw-v2-post.json', import.meta.url), 'utf8'),
    );
    const event = await eventOf({
      method: 'POST',
      headers: { cookie: 'a=b; c=d', 'content-type': 'text/plain', 'user-agent': 'me' },
      body: 'é',
    });
    expect(Object.keys(event).sort()).toEqual([...Object.keys(real), 'queryStringParameters'].sort());
    const { requestContext: context, headers } = event as Record<string, Record<string, unknown>>;
    expect(Object.keys(context as object)).toEqual(Object.keys(real.requestContext));
    expect(event).toMatchObject({
      rawPath: '/f',
      routeKey: 'ANY /f',
      cookies: ['a=b', 'c=d'],
      body: 'é',
      isBase64Encoded: false,
      requestContext: { http: { method: 'POST', path: '/f', sourceIp: '127.0.0.1', userAgent: 'me' } },
    });
    expect(context?.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    expect(headers).toMatchObject({ 'content-length': '2', 'x-forwarded-proto': 'http' });
    expect(headers).not.toHaveProperty('connection');
    expect(headers).not.toHaveProperty('cookie');
  });

  test('has no body where there is none', async () => {
    const event = await eventOf();
    expect(event).toMatchObject({ isBase64Encoded: false });
    expect(event).not.toHaveProperty('body');
  });

  test.each([
    ['text/csv', true],
    ['TEXT/plain; charset=utf-8', true],
    ['application/json', true],
    ['application/json;charset=utf-8', true],
    ['application/xml', true],
    ['application/javascript', true],
    ['application/jsonl', false],
    ['application/problem+json', false],
    ['application/x-www-form-urlencoded', false],
    ['multipart/form-data; boundary=x', false],
    ['image/png', false],
    ['', false],
  ])('has a body of the type "%s" as text: %s', async (type, isText) => {
    const event = await eventOf({
      method: 'PUT',
      headers: { 'content-type': type },
      body: Buffer.from('ab'),
    });
    expect(event).toMatchObject({ body: isText ? 'ab' : 'YWI=', isBase64Encoded: !isText });
  });
});

test('of the routes that match, the most exact one is taken', () => {
  const routes = toRoutes({
    exact: { events: [{ httpApi: 'ANY /a/b' }, { httpApi: { method: 'post', path: '/a/{x}' } }] },
    named: { events: [{ httpApi: 'ANY /a/{x}' }] },
    greedy: { events: [{ httpApi: 'ANY /{all+}' }] },
    rest: { events: [{ httpApi: '*' }] },
    none: {},
  });
  const find = (method: string, path: string) => {
    const { functionName, pathParameters } = findRoute(routes, method, path) ?? {};
    return [functionName, pathParameters];
  };
  expect(find('GET', '/a/b')).toEqual(['exact', {}]);
  expect(find('GET', '/a/b/')).toEqual(['exact', {}]);
  expect(find('POST', '/a/c')).toEqual(['exact', { x: 'c' }]);
  expect(find('GET', '/a/c')).toEqual(['named', { x: 'c' }]);
  expect(find('GET', '/a/c/d')).toEqual(['greedy', { all: 'a/c/d' }]);
  expect(find('GET', '/')).toEqual(['rest', {}]);
});
