import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { eventSources } from '../../support/events.ts';
import { deploy } from '../../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const json = { 'content-type': 'application/json' };
const rows = '{"data":{"ndarray":[[1,2.5],[3,4]]}}';
const rowsAnswer = { data: { names: ['t:0', 't:1'], ndarray: JSON.parse('[[1,2.5],[3,4]]') }, meta: {} };
const sources = Object.entries(eventSources);
const identity = () => deploy({ MODEL_NAME: 'Identity' });

describe('a compressed body', () => {
  const encodings = {
    gzip: gzipSync(rows),
    'x-gzip': gzipSync(rows),
    deflate: deflateSync(rows),
    br: brotliCompressSync(rows),
    identity: Buffer.from(rows),
    ' GZip ': gzipSync(rows),
  };

  test.each(Object.entries(encodings))('%s is read, through every event source', async (encoding, body) => {
    const functions = identity();
    const headers = { ...json, 'Content-Encoding': encoding };
    for (const [name, source] of sources) {
      const answer = await functions.send({ method: 'POST', path: '/predict', headers, body }, source);
      expect(answer.status, name).toBe(200);
      expect(JSON.parse(answer.body as string), name).toEqual(rowsAnswer);
    }
  });

  test('is read where it holds a form or parts', async () => {
    const functions = identity();
    const form = gzipSync(new URLSearchParams({ json: rows }).toString());
    const parts = gzipSync(
      '--b\r\ncontent-disposition: form-data; name="data"\r\n\r\n{"ndarray":[[1,2.5],[3,4]]}\r\n--b--\r\n',
    );
    for (const [type, body] of [
      ['application/x-www-form-urlencoded', form],
      ['multipart/form-data; boundary=b', parts],
    ] as const) {
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      const answer = await functions.send({ method: 'POST', path: '/predict', headers, body });
      expect(JSON.parse(answer.body as string)).toEqual(rowsAnswer);
    }
  });

  test.each(['zstd', 'compress', 'gzip, br', 'constructor', '__proto__', 'valueof', 'tostring'])(
    'in the encoding %s, which nobody reads here, is refused 415',
    async (encoding) => {
      const answer = await send(Buffer.from(rows), encoding);
      expect(answer.status).toBe(415);
      expect(errorOf(answer)).toEqual({
        reason: 'MICROSERVICE_BAD_DATA',
        info: expect.stringMatching(/^content-encoding: expected gzip, deflate or br, got /),
      });
    },
  );

  test.each(['gzip', 'deflate', 'br'])('that is no %s is refused 400', async (encoding) => {
    for (const body of [
      Buffer.from(rows),
      gzipSync(rows).subarray(0, -9),
      Buffer.from([0x1f, 0x8b]),
      Buffer.from('{'),
    ]) {
      const answer = await send(body, encoding);
      expect(answer.status).toBe(400);
      expect(errorOf(answer).info).toMatch(encoding);
    }
  });

  test('that came as text is refused, for its bytes are lost', async () => {
    const answer = await identity().send({
      method: 'POST',
      path: '/predict',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: gzipSync(rows).toString('latin1'),
    });
    expect(answer.status).toBe(400);
    expect(errorOf(answer).info).toMatch(/bytes are lost/);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliFast],
  ] as const)('that grows beyond the limit (%s) is refused 413', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(80 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(200_000);
    const answer = await send(bomb, encoding);
    expect(answer.status).toBe(413);
    expect(errorOf(answer).reason).toBe('MICROSERVICE_PAYLOAD_TOO_LARGE');
  });

  function send(body: Uint8Array, encoding: string) {
    const headers = { ...json, 'content-encoding': encoding };
    return identity().send({ method: 'POST', path: '/predict', headers, body });
  }
});

function brotliFast(bytes: Uint8Array) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

function errorOf({ body }: { body: string | Uint8Array }): { reason: string; info: string } {
  const { status } = JSON.parse(body as string);
  expect(status).toMatchObject({ status: 1, code: -1 });
  return { reason: status.reason, info: status.info };
}
