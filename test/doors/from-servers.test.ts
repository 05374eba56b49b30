import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import python from '../fixtures/from-python.json' with { type: 'json' };
import { type Deployment, deploy } from '../support/functions.ts';
import { readAnswer } from '../support/peers/answer.ts';
import { bytesOf, type Case, readCases } from '../support/peers/case.ts';
import { httpApiEvent } from '../support/peers/gateway-event.ts';

const ROOT = new URL('../../', import.meta.url);
// Inside the repository, where `seldon-lambda` names it; the leading dot keeps it out of every other look at
// the tree.
const FOLDER = new URL('test/.from-servers/', ROOT);

const page = readFileSync(new URL('models/FROM-PYTHON.md', ROOT), 'utf8');
const cases = new Map(readCases().map((each) => [each.id, each]));

/** The TypeScript twin below a heading of the page. */
function twinOf(heading: string): string {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`));
  return /```ts\n([\s\S]*?)```/.exec(section)?.[1] ?? expect.fail(`there is no twin below ${heading}`);
}

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL('AddSubtract.ts', FOLDER), twinOf('From MLServer'));
  writeFileSync(new URL('Classifier.ts', FOLDER), twinOf('From KServe'));
});

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

// `from-python.test.ts` sees to it that this is what they compute.
test('the Python classes of the page compute what the servers answered', () => {
  const numbersOf = (id: string) =>
    JSON.parse(cases.get(id)?.response.body as string).outputs.map(({ data }: { data: readonly number[] }) =>
      data.map((value) => Number(value.toPrecision(12))),
    );
  expect(python.mlserver.map((array) => array.flat())).toEqual(numbersOf('mlserver/multi'));
  expect(python.kserve.map(({ data }) => data)).toEqual(numbersOf('kserve/classifier'));
});

test('the twins pass the type checker', () => {
  const config = '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }';
  writeFileSync(new URL('tsconfig.json', FOLDER), config);
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  expect(() =>
    execFileSync(process.execPath, [tsc, '--project', fileURLToPath(FOLDER)], { encoding: 'utf8' }),
  ).not.toThrow();
});

describe.each([
  ['AddSubtract', 'multi', ['mlserver/multi', 'mlserver/multi-swapped']],
  [
    'Classifier',
    'classifier',
    ['kserve/classifier', 'kserve/classifier-one', 'kserve/classifier-outputs-empty'],
  ],
])('%s', (className, name, ids) => {
  let functions: Deployment;
  beforeAll(() => {
    const MODEL_METADATA = JSON.stringify({ name });
    functions = deploy({ MODEL_NAME: className, MODEL_DIR: fileURLToPath(FOLDER), MODEL_METADATA });
  });

  test.each(ids)('answers %s as it was recorded', async (id) => {
    const { request, response } = cases.get(id) as Case;
    const { method, path, headers } = request;
    const body = bytesOf(request) as Uint8Array;
    const answer = await functions.send({ method, path, headers: { ...headers }, body }, httpApiEvent);
    const recorded = readAnswer(response.status, response.headers ?? {}, response.body as string);
    expect(answer.status).toBe(200);
    expect(outputsOf(readAnswer(answer.status, answer.headers, answer.body).body)).toEqual(
      outputsOf(recorded.body),
    );
  });

  test('refuses what it cannot compute', async () => {
    const inputs = [{ name: 'a', shape: [1, 1], datatype: 'BYTES', data: ['x'] }];
    const body = JSON.stringify({ inputs });
    const answer = await functions.send({ method: 'POST', path: `/v2/models/${name}/infer`, body });
    expect(answer.status).toBe(400);
  });
});

/** The outputs, without what MLServer and KServe say of them beside; probabilities have twelve digits of their exp. */
function outputsOf(body: unknown): unknown {
  const { outputs } = body as { outputs: readonly { readonly data: readonly string[] }[] };
  return outputs.map(
    ({ parameters: _, ...output }: Record<string, unknown> & { data: readonly string[] }) => ({
      ...output,
      data: output.data.map((digits) => Number(digits.replace('number ', '')).toPrecision(12)),
    }),
  );
}
