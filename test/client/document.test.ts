import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deploy } from '../support/functions.ts';
import { closeHosts, hostOfFunctions } from '../support/hosts.ts';

const ROOT = new URL('../../', import.meta.url);
// The leading dot keeps it out of every other look at the tree.
const FOLDER = new URL('test/.client/', ROOT);

const examples = [
  ...readFileSync(new URL('.github/CLIENT.md', ROOT), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code]) => code as string);

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  for (const [index, code] of examples.entries()) {
    writeFileSync(new URL(`example${index}.ts`, FOLDER), code);
  }
});

afterAll(() => {
  closeHosts();
  rmSync(FOLDER, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

test.each([
  ['Node', { types: ['node'], lib: ['es2023'] }],
  ['browsers', { types: [], lib: ['es2022', 'dom', 'dom.iterable'] }],
])('the examples pass the type checker, with the types of %s', (_where, own) => {
  const paths = { 'seldon-lambda/client': ['../../src/client/index.ts'] };
  const config = { extends: '../../tsconfig.json', compilerOptions: { ...own, paths }, include: ['*.ts'] };
  writeFileSync(new URL('tsconfig.json', FOLDER), JSON.stringify(config));
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  const run = spawnSync(process.execPath, [tsc, '--project', fileURLToPath(FOLDER)], { encoding: 'utf8' });
  expect(run.stdout).toBe('');
});

test('the first example is answered as it says', async () => {
  const models = fileURLToPath(new URL('models', ROOT));
  const { url } = await hostOfFunctions(deploy({ MODEL_NAME: 'Iris', MODEL_DIR: models }));
  const [code = ''] = examples;
  const here = code
    .replace('http://localhost:9000', url)
    .replace('seldon-lambda/client', '../../src/client/index.ts');
  writeFileSync(new URL('first.ts', FOLDER), `${here}\nexport { array };\n`);
  const { array } = await import(fileURLToPath(new URL('first.ts', FOLDER)));
  const [, shown = '', shape = '', names = ''] =
    /Float64Array (\[.*\])\n.*\/\/ (\[.*\])\n.*\/\/ (\[.*\])/.exec(code) ?? [];
  expect(array.shape).toEqual(JSON.parse(shape));
  expect(array.names).toEqual(JSON.parse(names.replaceAll("'", '"')));
  for (const [index, value] of JSON.parse(shown).entries()) {
    expect(array.data[index]).toBeCloseTo(value, 2);
  }
});

test('the example of the Open Inference Protocol is answered as it says', async () => {
  const models = fileURLToPath(new URL('models', ROOT));
  const { url } = await hostOfFunctions(deploy({ MODEL_NAME: 'Iris', MODEL_DIR: models }));
  const code = examples.find((each) => each.includes('inferenceClient')) ?? expect.fail();
  const here = code
    .replace('http://localhost:9000', url)
    .replace('seldon-lambda/client', '../../src/client/index.ts');
  writeFileSync(new URL('tensors.ts', FOLDER), `${here}\nexport { data, shape, datatype };\n`);
  const { data, shape, datatype } = await import(fileURLToPath(new URL('tensors.ts', FOLDER)));
  const [, values = ''] = /Float64Array (\[.*\])/.exec(code) ?? [];
  expect(data).toBeInstanceOf(Float64Array);
  for (const [index, value] of JSON.parse(values).entries()) {
    expect(data[index]).toBeCloseTo(value, 2);
  }
  expect(code).toContain(`shape; // [${shape.join(', ')}]\ndatatype; // '${datatype}'\n`);
});
