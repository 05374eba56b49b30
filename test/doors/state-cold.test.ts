import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Artifact, openArtifact } from '../support/artifact.ts';
import { apiGatewayV2 } from '../support/events.ts';

let artifact: Artifact;
let state: string;

beforeAll(async () => {
  artifact = await openArtifact({ Counter: 'test/models/state/Counter.ts' });
  state = mkdtempSync(join(tmpdir(), 'state-cold-'));
}, 60_000);

afterAll(() => {
  artifact.remove();
  rmSync(state, { recursive: true });
});

/** The status of the first call of a function in a new process, and whether node's crypto is there then. */
async function firstCall(endpoint: string, body: object) {
  const event = apiGatewayV2({
    method: 'POST',
    path: `/${endpoint}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(artifact.folder, `handlers/${endpoint}.mjs`)))});
    const context = { awsRequestId: 'id', getRemainingTimeInMillis: () => 10_000 };
    const { statusCode } = await handler(${JSON.stringify(event)}, context);
    const hasCrypto = process.moduleLoadList.includes('NativeModule crypto');
    console.log(JSON.stringify({ statusCode, hasCrypto }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      ...process.env,
      LAMBDA_TASK_ROOT: artifact.folder,
      MODEL_NAME: 'Counter',
      STATE_URL: pathToFileURL(state).href,
      METRICS_URL: '',
      SELDON_LOG_LEVEL: 'ERROR',
    },
  });
  return JSON.parse(stdout);
}

test('a first call that reads a state from a file loads no crypto, which takes 5 ms', async () => {
  const read = await firstCall('predict', { data: { ndarray: [[1]] } });
  expect(read).toEqual({ statusCode: 200, hasCrypto: false });
  // The same code needs it to write.
  expect(await firstCall('send-feedback', { reward: 1 })).toEqual({ statusCode: 200, hasCrypto: true });
  expect(await firstCall('predict', { data: { ndarray: [[1]] } })).toEqual(read);
});
