import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeEnvelope, encodeEnvelope, type RememberedAnswer } from '../../src/runtime/state/envelope.ts';
import { lambdaContext } from '../support/events.ts';
import { type Deployment, deploy } from '../support/functions.ts';

let folder: string;
let functions: Deployment;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seldon-idempotency-'));
  functions = deployed();
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function deployed(more: Record<string, string> = {}): Deployment {
  return deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: 'Learner',
    STATE_URL: pathToFileURL(folder).href,
    STATE_MAX_AGE_MS: '0',
    METRICS_URL: '',
    ...more,
  });
}

async function post(
  path: string,
  body: string | Uint8Array,
  { key = 'k1', headers = {} }: { key?: string; headers?: Record<string, string> } = {},
) {
  const all = { 'content-type': 'application/json', 'idempotency-key': key, ...headers };
  const { status, body: answer } = await functions.send({ method: 'POST', path, body, headers: all });
  return { status, answer: JSON.parse(answer as string) };
}

const feedback = (reward: number) => JSON.stringify({ reward });

async function rewards(): Promise<unknown> {
  const { answer } = await post('/route', '{"data":{"ndarray":[1]}}');
  return answer.data.ndarray[0][0];
}

/** Replaces the answers that are remembered, as another version of the program would have written them. */
function rewriteAnswers(change: (answer: RememberedAnswer) => RememberedAnswer): void {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const path = join(folder, paths.find((each) => each.endsWith('state')) as string);
  const bytes = readFileSync(path);
  // The store's own version comes before the envelope.
  const start = bytes.indexOf('SLST');
  const envelope = decodeEnvelope(bytes.subarray(start), 'key');
  const answers = envelope.answers.map(change);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, start), encodeEnvelope({ ...envelope, answers })]));
}

describe('an Idempotency-Key', () => {
  test('of a prediction does not stop a feedback', async () => {
    expect((await post('/predict', '{"strData":"x"}')).status).toBe(200);
    const learned = await post('/send-feedback', feedback(7));
    expect([learned.status, learned.answer.data.tensor.values]).toEqual([200, [7]]);
    expect(await rewards()).toBe(7);
    // Both are remembered from now on.
    expect((await post('/predict', '{"strData":"x"}')).answer.data.tensor.values).toEqual([1]);
    expect((await post('/send-feedback', feedback(7))).answer).toEqual(learned.answer);
    expect(await rewards()).toBe(7);
  });

  test('with another body is refused with 422, and nothing changes', async () => {
    expect((await post('/send-feedback', feedback(7))).status).toBe(200);
    const { status, answer } = await post('/send-feedback', feedback(100));
    expect(status).toBe(422);
    expect(answer.status).toMatchObject({
      reason: 'MICROSERVICE_BAD_DATA',
      info: 'the Idempotency-Key "k1" came before with another body; expected the same body, or a new key',
    });
    expect(await rewards()).toBe(7);
    expect((await post('/send-feedback', feedback(100), { key: 'k2' })).status).toBe(200);
    expect(await rewards()).toBe(107);
  });

  test('of a direct invocation with another message is refused, and with the same one it is not', async () => {
    const context = () => lambdaContext({ clientContext: { custom: { 'idempotency-key': 'k' } } as never });
    await functions.invoke('send-feedback', { reward: 1 }, context());
    await functions.invoke('send-feedback', { reward: 1 }, context());
    await expect(functions.invoke('send-feedback', { reward: 2 }, context())).rejects.toThrow(
      'came before with another body',
    );
    expect(await rewards()).toBe(1);
  });

  test('takes a body that is compressed anew for the same', async () => {
    const gzip = (time: number) => {
      const bytes = gzipSync(feedback(7));
      bytes.writeUInt32LE(time, 4);
      return post('/send-feedback', bytes, { headers: { 'content-encoding': 'gzip' } });
    };
    expect((await gzip(1)).status).toBe(200);
    expect((await gzip(2)).status).toBe(200);
    expect((await post('/send-feedback', feedback(7))).status).toBe(200);
    expect(await rewards()).toBe(7);
  });

  test('takes a form with a new boundary for the same, and one with other content for another', async () => {
    const send = (boundary: string, text: string) =>
      post(
        '/predict',
        `--${boundary}\r\nContent-Disposition: form-data; name="strData"\r\n\r\n${text}\r\n--${boundary}--\r\n`,
        { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } },
      );
    const first = await send('abc', 'text');
    expect(first.status).toBe(200);
    expect(await send('xyz-1', 'text')).toEqual(first);
    expect((await send('abc', 'other')).status).toBe(422);
  });

  test('tells apart the messages of queries', async () => {
    const get = async (text: string) => {
      const json = encodeURIComponent(JSON.stringify({ strData: text }));
      return (
        await functions.send({
          method: 'GET',
          path: `/predict?json=${json}`,
          headers: { 'idempotency-key': 'k' },
        })
      ).status;
    };
    expect([await get('a'), await get('a'), await get('b')]).toEqual([200, 200, 422]);
  });

  test('tells apart payloads that are passed through', async () => {
    functions = deployed({ PAYLOAD_PASSTHROUGH: 'true', MODEL_NAME: 'RawLearner' });
    const statuses: number[] = [];
    for (const body of ['a b', 'a b', 'ab']) {
      const headers = { 'content-type': 'text/plain', 'idempotency-key': 'k' };
      statuses.push((await functions.send({ method: 'POST', path: '/predict', body, headers })).status);
    }
    expect(statuses).toEqual([200, 200, 422]);
  });

  test('is recognised in an answer that an older version remembered', async () => {
    const first = await post('/send-feedback', feedback(7));
    rewriteAnswers(({ key, status, contentType, body }) => ({ key, status, contentType, body }));
    expect(await post('/send-feedback', feedback(7))).toEqual(first);
    expect(await rewards()).toBe(7);
  });

  test('of a function that keeps no state is ignored', async () => {
    functions = deployed({ STATE_URL: '' });
    expect((await post('/send-feedback', feedback(7))).status).toBe(200);
    expect((await post('/send-feedback', feedback(100))).status).toBe(200);
    expect(await rewards()).toBe(107);
  });
});
