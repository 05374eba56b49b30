import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import { buildPage } from '../../src/bundle/page-plugin.ts';
import customDomainEvent from '../fixtures/events/apigw-v1-custom-domain.json' with { type: 'json' };
import stageEvent from '../fixtures/events/apigw-v2-stage.json' with { type: 'json' };
import { apiGatewayV2, eventSources, functionUrl, readResult, type TestRequest } from '../support/events.ts';
import { deploy } from '../support/functions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PATHS = ['/docs', '/docs/', '/api/v1.0/doc', '/api/v1.0/doc/'];
const GET: TestRequest = { method: 'GET', path: '/docs', headers: {} };

async function ask(request: Partial<TestRequest> = {}, environment: Record<string, string> = {}) {
  const event = apiGatewayV2({ ...GET, ...request });
  return readResult(await deploy(environment).invoke('docs', event));
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe('the page', () => {
  test.each(PATHS)('is at %s, from every event source', async (path) => {
    const functions = deploy({});
    for (const source of Object.values(eventSources)) {
      const { status, headers, body } = readResult(await functions.invoke('docs', source({ ...GET, path })));
      expect({ status, type: headers['content-type'] }).toEqual({
        status: 200,
        type: 'text/html; charset=utf-8',
      });
      expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
    }
  });

  test('is behind a stage, a base path, and the URL of its function alone', async () => {
    const functions = deploy({});
    const { http } = stageEvent.requestContext;
    const events = [
      ...PATHS.map((path) => ({
        ...stageEvent,
        rawPath: `/${stageEvent.requestContext.stage}${path}`,
        requestContext: { ...stageEvent.requestContext, http: { ...http, method: 'GET' } },
      })),
      { ...customDomainEvent, httpMethod: 'GET', path: '/models/docs/' },
      functionUrl({ ...GET, path: '/' }),
    ];
    for (const event of events) {
      expect(readResult(await functions.invoke('docs', event)).status).toBe(200);
    }
  });

  test.each(['/docs//', '/docsx', '/xdocs', '/docs/more', '/Docs'])('is not at %s', async (path) => {
    expect(await ask({ path })).toMatchObject({ status: 404 });
  });

  test('has one style sheet and one script, both inside and both allowed by what is in them', async () => {
    const { headers, body } = await ask();
    const text = body as string;
    const policy = headers['content-security-policy'];
    for (const [element, directive] of [
      ['style', 'style-src'],
      ['script', 'script-src'],
    ] as const) {
      const contents = [...text.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'))];
      expect(contents).toHaveLength(1);
      expect(text.match(new RegExp(`<${element}\\b`, 'g'))).toHaveLength(1);
      expect(policy).toContain(`${directive} ${hashOf(contents[0]?.[1] as string)};`);
    }
    expect(text).not.toMatch(/ style=| on\w+="|<link rel="stylesheet"| src="/);
  });

  test('may call nobody but its host, be in no frame, and make no markup of text', async () => {
    const { headers } = await ask();
    expect(headers['content-security-policy']?.split('; ')).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^script-src 'sha256-[\w+/=]+'$/),
      expect.stringMatching(/^style-src 'sha256-[\w+/=]+'$/),
      'img-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'access-control-allow-origin': '*',
    });
  });

  test('names no other host', async () => {
    const { body } = await ask();
    const urls = (body as string).match(/(https?:)?\/\/[\w-]+\.[\w.-]+/g) ?? [];
    expect(new Set(urls)).toEqual(new Set(['http://www.w3.org']));
  });

  test('is sent once: who has it is told so, in an answer without a body', async () => {
    const { headers } = await ask();
    const etag = headers.etag as string;
    expect(headers['cache-control']).toBe('no-cache');
    for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`]) {
      const again = await ask({ headers: { 'If-None-Match': known } });
      expect(again).toMatchObject({ status: 304, body: '', headers: { etag } });
    }
    expect(await ask({ headers: { 'If-None-Match': '"other"' } })).toMatchObject({ status: 200 });
  });

  test('is compressed where the functions compress', async () => {
    const { headers, body } = await ask(
      { headers: { 'Accept-Encoding': 'gzip' } },
      { COMPRESS_MIN_BYTES: '1000' },
    );
    expect(headers['content-encoding']).toBe('gzip');
    expect(body).toBeInstanceOf(Uint8Array);
  });

  test('HEAD has its headers only, OPTIONS its methods, and anything else is 405', async () => {
    const get = await ask();
    const head = await ask({ method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '', headers: { etag: get.headers.etag } });
    for (const path of PATHS) {
      const allow = 'GET, HEAD, OPTIONS';
      expect(await ask({ method: 'OPTIONS', path })).toMatchObject({ status: 200, headers: { allow } });
      expect(await ask({ method: 'POST', path, body: '{}' })).toMatchObject({
        status: 405,
        headers: { allow },
      });
    }
  });

  test('does not need the model', async () => {
    expect(await ask({}, { MODEL_NAME: 'InitCrash', MODEL_PRELOAD: 'true' })).toMatchObject({ status: 200 });
  });
});

test('the document says why it is without the model, for the page to show', async () => {
  const functions = deploy({ MODEL_NAME: 'InitCrash' });
  const { body } = await functions.send({ method: 'GET', path: '/seldon.json' });
  const { info } = JSON.parse(body as string) as { info: Record<string, string> };
  expect(info.description).toContain(info['x-unavailable']);
  expect(info['x-unavailable']).toMatch(/./);
});

describe('in the package', () => {
  test.each([
    ['only its own function carries the page, which is small', false, ['handlers/docs']],
    ['that of a graph loads it when it is asked for', true, ['chunks/chunk', 'chunks/docs', 'handlers/docs']],
  ])('%s', async (_what, hasGraph, readers) => {
    const { files } = await bundle({ root: ROOT, models: {}, outdir: 'dist/model', minify: true, hasGraph });
    const having = (text: string) => [...files].filter(([, code]) => Buffer.from(code).includes(text));
    const carriers = having('<!doctype html>');
    expect(carriers).toHaveLength(1);
    const [[path, code]] = carriers as [[string, Uint8Array]];
    const found = new Set([path, ...having(basename(path)).map(([reader]) => reader)]);
    // It passes events on to handlers/docs.
    found.delete('handlers/all.mjs');
    expect([...found].map((each) => each.replace(/(-\w+)?\.mjs$/, '')).sort()).toEqual(readers);
    expect(code.length).toBeLessThan(60_000);
    expect(gzipSync(code).length).toBeLessThan(20_000);
  });

  test('the page is built alike whoever asks for it', async () => {
    const file = join(ROOT, 'src/page/page.html');
    const [one, other] = await Promise.all([buildPage(file), buildPage(file)]);
    expect(one).toEqual(other);
    expect((await ask()).body).toBe(one?.html);
    expect(one?.sources).toContain(join(ROOT, 'src/page/page.css'));
  });
});
