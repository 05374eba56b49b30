import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  batch,
  batchFiles,
  type InferLine,
  linesOf,
  type OutputLine,
  sorted,
} from '../../support/batch-run.ts';
import { deploy } from '../../support/functions.ts';
import { AWS_KEYS, type Gateway, openGateway } from '../../support/gateway.ts';
import { closeHosts, hostOfFunctions } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

let gateway: Gateway;

beforeAll(async () => {
  const MODEL_DIR = fileURLToPath(new URL('../../../models', import.meta.url));
  const functions = deploy({ MODEL_NAME: 'Iris', MODEL_DIR, SELDON_LOG_LEVEL: 'CRITICAL' });
  gateway = await openGateway((await hostOfFunctions(functions)).url, 'dev', 'a key');
});

afterAll(() => {
  gateway.close();
  closeHosts();
  removeFolders();
  vi.unstubAllEnvs();
});

const KEYS = {
  AWS_ACCESS_KEY_ID: AWS_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: AWS_KEYS.secretAccessKey,
  AWS_SESSION_TOKEN: AWS_KEYS.sessionToken,
  AWS_REGION: 'eu-west-1',
};
const LINES = '[[5.1,3.5,1.4,0.2]]\n[[7,3.2,4.7,1.4]]\n[[6.3,3.3,6,2.5]]\n';

test.each([
  ['JSON', [], ({ data }: OutputLine) => data?.ndarray?.flat()],
  ['tensors in JSON', ['--protocol', 'v2'], ({ outputs }: InferLine) => outputs?.[0]?.data],
  ['tensors in bytes', ['--protocol', 'v2', '--binary'], ({ outputs }: InferLine) => outputs?.[0]?.data],
] as const)('--sigv4 signs each request of %s for IAM', async (_how, args, rowOf) => {
  const { input, output } = batchFiles(LINES);
  const call = [input, output, '--url', gateway.url, '-s', '2', ...args];
  const { code } = await batch([...call, '--sigv4'], KEYS);
  expect(code).toBe(0);
  const rows = sorted(linesOf<never>(output)).map((line) => rowOf(line) as number[]);
  expect(rows.map((row) => row.indexOf(Math.max(...row)))).toEqual([0, 1, 2]);
});

test('a wrong signature ends the run, and shows no secret', async () => {
  const { input, output } = batchFiles(LINES);
  const environment = { ...KEYS, AWS_SECRET_ACCESS_KEY: 'another/secret' };
  const { code, text } = await batch([input, output, '--url', gateway.url, '--sigv4'], environment);
  expect(text).toMatch(/^ENDED before its time: 0 of 1 lines were answered, 1 failed$/m);
  expect(text).toMatch(/403: .*Forbidden/);
  expect(text).not.toMatch(/another|IQoJ/);
  expect(code).toBe(1);
});

test('unsigned requests are refused there', async () => {
  const { input, output } = batchFiles(LINES);
  const { code, text } = await batch([input, output, '--url', gateway.url]);
  expect(text).toMatch(/403: .*does it need sigv4, apiKey or token\?/);
  expect(code).toBe(1);
});

test.each([
  [{ AWS_REGION: 'eu-west-1' }, /^--sigv4: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; /],
  [
    { ...KEYS, AWS_REGION: '' },
    /^--sigv4: set AWS_REGION, because the name of the host has no region in it\n$/,
  ],
])('--sigv4 says what is not set', async (environment, message) => {
  const { input, output } = batchFiles(LINES);
  const { code, text } = await batch([input, output, '--url', gateway.url, '--sigv4'], environment);
  expect(text).toMatch(message);
  expect(code).toBe(2);
});
