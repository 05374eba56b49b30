import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VARIABLES } from '../../src/runtime/config.ts';
import { deploy, functionOfPath } from '../support/functions.ts';

const ROOT = new URL('../../', import.meta.url);
// Inside the repository, where `seldon-lambda` names it; the leading dot keeps it out of every other look at
// the tree.
const FOLDER = new URL('test/.readme/', ROOT);

const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
const [model = ''] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, code]) =>
  (code as string).trim().split(/(?<!\\)\n/),
);

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL('MyModel.ts', FOLDER), model);
});

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});

test('the model of the README serves', async () => {
  const parameters = '[{"name":"threshold","value":"5.5","type":"FLOAT"}]';
  const functions = deploy({ MODEL_DIR: fileURLToPath(FOLDER), PREDICTIVE_UNIT_PARAMETERS: parameters });
  const answer = await functions.send({
    method: 'POST',
    path: '/predict',
    body: '{"data":{"ndarray":[[5.1,3.5],[6,2]]}}',
  });
  expect(JSON.parse(answer.body as string)).toEqual({
    data: { names: ['positive'], ndarray: [[0], [1]] },
    meta: { metrics: [{ type: 'COUNTER', key: 'rows', value: 2 }] },
  });
  expect(
    (await functions.send({ method: 'POST', path: '/predict', body: '{"data":{"ndarray":[["a"]]}}' })).status,
  ).toBe(400);
});

test('the model of the README passes the type checker', () => {
  writeFileSync(
    new URL('tsconfig.json', FOLDER),
    '{ "extends": "../../tsconfig.json", "include": ["*.ts"] }',
  );
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', ROOT));
  expect(() =>
    execFileSync(process.execPath, [tsc, '--project', fileURLToPath(FOLDER)], { encoding: 'utf8' }),
  ).not.toThrow();
});

test('every npm script that the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = commands.flatMap((command) =>
    [...command.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, script]) => script as string),
  );
  expect(named).toContain('start');
  expect(named.filter((script) => !['ci', 'install'].includes(script) && !(script in scripts))).toEqual([]);
});

test('the curl line of the README is answered as it says', async () => {
  const [, body] = /-d '([^']+)'/.exec(readme) as unknown as [string, string];
  const functions = deploy({ MODEL_NAME: 'Iris', MODEL_DIR: fileURLToPath(new URL('models', ROOT)) });
  const answer = await functions.send({ method: 'POST', path: '/predict', body });
  const [, shown] = /```json\n([\s\S]*?)```/.exec(readme) as unknown as [string, string];
  const rounded = JSON.stringify(JSON.parse(answer.body as string), (_key, value) =>
    typeof value === 'number' ? Number(value.toPrecision(3)) : value,
  );
  expect(JSON.parse(rounded)).toEqual(JSON.parse(shown));
});

test('the endpoint table of the README is that of serverless.yml', () => {
  const rows = [...readme.matchAll(/^\| (`\/.*?) \|.*\| `([a-z-]+)` \|$/gm)];
  const paths = rows.flatMap(([, cell, name]) =>
    [...(cell as string).matchAll(/`(\/[^`]+)`/g)].map(([, path]) => [path, name]),
  );
  expect(new Map(paths as [string, string][])).toEqual(
    new Map([...functionOfPath].filter(([path]) => path !== '*')),
  );
});

test('the environment table of the README names every variable that is read', () => {
  const ours = VARIABLES.filter((name) => !name.startsWith('AWS_'));
  expect(ours.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
