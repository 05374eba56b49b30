import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BATCH_VARIABLES } from '../../src/runtime/batch-config.ts';
import { VARIABLES } from '../../src/runtime/config.ts';
import { SeldonError, STATUS_OF } from '../../src/runtime/errors.ts';
import { GRAPH_ROUTES } from '../../src/runtime/graph/routes.ts';
import { GRAPH_STATUS_OF } from '../../src/runtime/graph-error.ts';
import { METRICS_VARIABLES } from '../../src/runtime/metrics-config.ts';
import { deploy, functionOfPath } from '../support/functions.ts';

const ROOT = new URL('../../', import.meta.url);
// Inside the repository, where `seldon-lambda` names it; the leading dot keeps it out of every other look at
// the tree.
const FOLDER = new URL('test/.readme/', ROOT);

const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const readme = read('README.md');
const environment = read('.github/ENVIRONMENT.md');
const protocol = read('.github/PROTOCOL.md');
const [model = ''] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

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

test('the curl line of the README is answered as it says, to ten digits', async () => {
  const [, body] = /-d '([^']+)'/.exec(readme) as unknown as [string, string];
  const functions = deploy({ MODEL_NAME: 'Iris', MODEL_DIR: fileURLToPath(new URL('models', ROOT)) });
  const answer = await functions.send({ method: 'POST', path: '/predict', body });
  const [, shown] = /```json\n([\s\S]*?)```/.exec(readme) as unknown as [string, string];
  const rounded = (json: string) =>
    JSON.parse(json, (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(10)) : value));
  expect(rounded(answer.body as string)).toEqual(rounded(shown));
});

test('the curl lines of the three protocols are answered as the README says, to two digits', async () => {
  const [, block = ''] = /three protocols[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  const functions = deploy({ MODEL_NAME: 'Iris', MODEL_DIR: fileURLToPath(new URL('models', ROOT)) });
  const lines = [...block.matchAll(/^curl http:\/\/localhost:9000(\S+) .*-d '(.*)'\n# (.*)$/gm)];
  expect(lines.map(([, path]) => path)).toEqual([
    '/predict',
    '/v2/models/iris/infer',
    '/v1/models/iris:predict',
  ]);
  for (const [, path = '', body = '', shown = ''] of lines) {
    const answer = await functions.send({ method: 'POST', path, body });
    const text = (answer.body as string).replace(/\d+\.\d+(e-\d+)?/g, (digits) =>
      String(Number(Number(digits).toPrecision(2))),
    );
    // What stands beside the ellipses, in the order of the answer.
    let at = 0;
    for (const part of shown.split('…')) {
      expect(text.slice(at)).toContain(part);
      at = text.indexOf(part, at) + part.length;
    }
  }
});

test('the endpoint table is that of serverless.yml', () => {
  const rows = [...protocol.matchAll(/^\| (`\/.*?) \|.*\| `([a-z-]+)` \|$/gm)];
  const paths = rows.flatMap(([, cell, name]) =>
    [...(cell as string).matchAll(/`(\/[^`]+)`/g)].map(([, path]) => [path, name]),
  );
  expect(new Map(paths as [string, string][])).toEqual(
    new Map([...functionOfPath].filter(([path]) => path !== '*')),
  );
});

test('the table of paths of a graph is that of its endpoints', () => {
  const paths = Object.values(GRAPH_ROUTES).flatMap((routes) => Object.keys(routes));
  const [, table = ''] = read('.github/GRAPHS.md').split('| path | method | answer |');
  const rows = [...(table.split('\n\n')[0] as string).matchAll(/^\| (`\/.*?) \|/gm)];
  const named = rows.flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`([^`]+)`/g)].map(([, path]) => path),
  );
  expect(named.sort()).toEqual(paths.filter((path) => !path.startsWith('/seldon/')).sort());
});

test('the table of reasons has every reason of our own, with its status', () => {
  const rows = [...protocol.matchAll(/^\| `(MICROSERVICE_\w+)` \| (\d+) \|/gm)].map(
    ([, reason, status]) => [reason as string, Number(status)] as const,
  );
  expect(rows).toEqual(rows.map(([reason]) => [reason, new SeldonError(reason, '').status]));
  expect(rows.map(([reason]) => reason).sort()).toEqual(Object.keys(STATUS_OF).sort());
});

test('the table of the reasons of graphs has every one, with its status', () => {
  const rows = [...read('.github/GRAPHS.md').matchAll(/^\| `(GRAPH_\w+)` \| (.*?) \|/gm)];
  const statuses = Object.fromEntries(rows.map(([, reason, status = '']) => [reason, status]));
  expect(Object.keys(statuses).sort()).toEqual(Object.keys(GRAPH_STATUS_OF).sort());
  for (const [reason, status] of Object.entries(GRAPH_STATUS_OF)) {
    expect(statuses[reason]).toContain(String(status));
  }
});

test('the environment tables name every variable that is read, and no other', () => {
  const ofStart = ['HTTP_PORT', 'LAMBDA_PORT', 'HTTP_HOST', 'SERVICE_NAME'];
  const ofGraphs = [
    'SELDON_GRAPH',
    'ENGINE_PREDICTOR',
    'SELDON_GRAPH_NODES',
    'SELDON_ENABLE_ROUTING_INJECTION',
  ];
  const named = [...environment.matchAll(/^\| (`[A-Z].*?) \|/gm)].flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name as string),
  );
  expect(named.sort()).toEqual(
    [...VARIABLES, ...BATCH_VARIABLES, ...METRICS_VARIABLES, ...ofStart, ...ofGraphs].sort(),
  );
});

test('every error that the README explains is one of the code', () => {
  const [, table = ''] = /## Troubleshooting\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const quoted = [...table.matchAll(/^\| [^`|]*`([^`|]{15,})` \|/gm)].map(([, text]) => text as string);
  expect(quoted.length).toBeGreaterThan(10);
  const sources = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(`src/${path}`))
    .join('\n')
    // A long text stands in several lines.
    .replace(/[`'] \+\n\s*[`']/g, '');
  const isThere = (text: string) =>
    new RegExp(text.split('…').map(escapeRegExp).join('.{1,80}?')).test(sources);
  expect(quoted.filter((text) => !isThere(text))).toEqual([]);
});

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
