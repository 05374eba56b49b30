import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromData, fromNested, NdArray, zeros } from 'seldon-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import recorded from '../fixtures/from-python.json' with { type: 'json' };
import { deploy } from '../support/functions.ts';

const ROOT = new URL('../../', import.meta.url);
// Inside the repository, where `seldon-lambda` names it; the leading dot keeps it out of every other look at
// the tree.
const FOLDER = new URL('test/.from-python/', ROOT);
const RECORDER = fileURLToPath(new URL('test/fixtures/from-python.py', ROOT));

const page = readFileSync(new URL('models/FROM-PYTHON.md', ROOT), 'utf8');
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

beforeAll(() => {
  const [, twin = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL('AnomalyDetector.ts', FOLDER), twin);
});

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

const rows = [...page.matchAll(/^\| `([^`]+)` \| `([^`]+)` \|$/gm)].map(
  ([, numpy, here]) => [numpy as string, here as string] as const,
);
const table = rows.filter(([numpy]) => numpy in recorded.expressions);

test('every row of the numpy table has been recorded', () => {
  expect(table.map(([numpy]) => numpy)).toEqual(Object.keys(recorded.expressions));
  const start = page.indexOf('\n## numpy\n');
  const section = page.slice(start, page.indexOf('\n## ', start + 1));
  expect(section.match(/^\| `/gm)).toHaveLength(table.length);
});

test.each(table)('%s is %s', (numpy, here) => {
  const X = fromNested([
    [1, 2],
    [4, 3],
    [5, 6.5],
  ]).asType('float64');
  const scope = {
    X,
    data: X.data,
    shape: X.shape,
    rows: 3,
    columns: 2,
    mean: [3, 4.25],
    W: [
      [1, 0.5, -1],
      [0, 2, 0.25],
    ],
    fromData,
    fromNested,
    zeros,
  };
  const value: unknown = new Function(...Object.keys(scope), `return ${here};`)(...Object.values(scope));
  expect(toPlain(value)).toEqual(Reflect.get(recorded.expressions, numpy));
});

function toPlain(value: unknown): unknown {
  if (value instanceof NdArray) {
    return value.toNested();
  }
  return ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value;
}

test('the TypeScript twin of the page gives the answers of the Python class', async () => {
  const functions = deploy({
    MODEL_NAME: 'AnomalyDetector',
    MODEL_DIR: fileURLToPath(FOLDER),
    PREDICTIVE_UNIT_PARAMETERS: '[{"name":"threshold","value":"1.75","type":"FLOAT"}]',
    STATE_URL: 'memory:',
  });
  const post = async (path: string, message: unknown) => {
    const { status, body } = await functions.send({ method: 'POST', path, body: JSON.stringify(message) });
    return { status, message: JSON.parse(body as string) };
  };
  for (const call of recorded.conversation) {
    if (call.rows === undefined) {
      expect(await post('/send-feedback', { reward: call.reward })).toMatchObject({ status: 200 });
    } else {
      const { status, message } = await post('/predict', { data: { ndarray: call.rows } });
      expect(toAnswer(status, message)).toEqual(call.answer);
    }
  }
});

interface Message {
  readonly data?: { readonly names: unknown; readonly ndarray: unknown };
  readonly meta?: { readonly tags?: unknown; readonly metrics?: unknown };
  readonly status?: { readonly reason: unknown; readonly info: unknown };
}

function toAnswer(status: number, { data, meta, status: error }: Message): unknown {
  if (error) {
    return { status, reason: error.reason, info: error.info };
  }
  return { status, names: data?.names, ndarray: data?.ndarray, tags: meta?.tags, metrics: meta?.metrics };
}

test('the TypeScript twin of the page passes the type checker', () => {
  writeFileSync(
    new URL('tsconfig.json', FOLDER),
    '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }',
  );
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  expect(() =>
    execFileSync(process.execPath, [tsc, '--project', fileURLToPath(FOLDER)], { encoding: 'utf8' }),
  ).not.toThrow();
});

test.skipIf(!hasNumpy)('what was recorded is what python3 with numpy says (skipped: there is none)', () => {
  expect(JSON.parse(execFileSync('python3', [RECORDER], { encoding: 'utf8' }))).toEqual(recorded);
});

test.runIf(process.env.CI && !hasNumpy)('python3 with numpy is installed where CI runs', () => {
  expect(hasNumpy, 'python3 -c "import numpy" fails').toBe(true);
});

test('every method of the table exists', () => {
  const model = readFileSync(new URL('src/runtime/model/model.ts', ROOT), 'utf8');
  const start = page.indexOf('\n## Methods\n');
  const cells = [...page.slice(start, page.indexOf('\n## numpy')).matchAll(/^\| [^|]+ \| ([^|]+) \|/gm)];
  const methods = cells.flatMap(([, cell]) => [...(cell as string).matchAll(/`([a-z]\w+)[(`]/g)]);
  const names = methods.map(([, name]) => name as string);
  expect(names.length).toBeGreaterThan(14);
  expect(names.filter((name) => !new RegExp(`^  ${name}\\?[(:]`, 'm').test(model))).toEqual([]);
});
