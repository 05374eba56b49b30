import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { HAS_CFN_LINT, lint } from '../support/cfn-lint.ts';
import { functionOfPath } from '../support/functions.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const deployment = read('.github/DEPLOYMENT.md');
const { params, functions } = parse(read('serverless.yml')) as {
  params: Record<string, Record<string, unknown>>;
  functions: Record<string, { role?: string; memorySize?: number; timeout?: number }>;
};

afterAll(removeFolders, 60_000);

/** The cells of the table under a heading row that starts with `first`. */
function rowsOf(first: string): string[][] {
  const [, table = ''] = deployment.split(`\n| ${first} |`);
  const [rows = ''] = table.split('\n\n');
  return rows
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | ?\|$/g, '').trim()));
}

const codesOf = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

test('the table of parameters is that of serverless.yml, with its defaults', () => {
  const shown = Object.fromEntries(
    rowsOf('parameter').flatMap(([names = '', cell = '']) => {
      const byStage = cell
        .split('; ')
        .map((part) => part.replace('`prod`: ', '').replaceAll('`', '').split(', '));
      return codesOf(names).map((name, index) => [name, byStage.map((values) => values[index])]);
    }),
  );
  const { default: defaults = {}, ...stages } = params;
  expect(Object.keys(stages)).toEqual(['prod']);
  expect(shown).toEqual(
    Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [
        name,
        [value, stages.prod?.[name]].filter((each) => each !== undefined).map(String),
      ]),
    ),
  );
});

test('the table of functions is that of serverless.yml', () => {
  const needs: Record<string, string> = {
    StatefulRole:
      'read what MODEL_URI names; read and write the state, and the metrics; write to PAYLOAD_LOG_URL',
    GraphRole: 'the same, of its units; call the functions and APIs that they are bound to',
    BatchRole: 'as `predict`; also read what it answers, and send the answers to BATCH_OUTPUT_URL',
    ModelRole: 'read what MODEL_URI names',
    MetricsRole: 'read the metrics',
  };
  const shown = rowsOf('function').flatMap(([names = '', ...cells]) =>
    codesOf(names).map((name) => [name, ...cells]),
  );
  const rows = Object.entries(functions).map(([name, { role = '', memorySize, timeout }]) => [
    name,
    `${memorySize ?? params.default?.memory}`,
    `${timeout ?? params.default?.timeout} s`,
    needs[role] ?? '',
  ]);
  expect(new Map(shown.map(([name, ...cells]) => [name, cells]))).toEqual(
    new Map(rows.map(([name, ...cells]) => [name, cells])),
  );
});

test('the costs are what the formula gives', () => {
  const numbersOf = (pattern: RegExp): number[] => (pattern.exec(deployment) ?? []).slice(1).map(Number);
  const [requests = 0, http, rest, perGbSecond = 0, perLogKb = 0, traces = 0] = numbersOf(
    /^([\d.]+) requests \+ ([\d.]+) HTTP API \(REST API: ([\d.]+)\) \+ ([\d.]+) x GB .* ([\d.]+) x kB of log \+ ([\d.]+) traces$/m,
  );
  const [logKb = 0] = numbersOf(/writes\s+to\s+the\s+logs\s+\(([\d.]+)\s+kB/);
  const [perWrite = 0, perRead = 0] = numbersOf(
    /adds\s+([\d.]+)\s+for\s+each\s+kB\s+of\s+the\s+state[\s\S]*?at\s+most\s+([\d.]+)\s+for/,
  );
  const rows = rowsOf('iris, warm');
  expect(rows.length).toBeGreaterThan(3);
  for (const [what = '', billed = '', ...shown] of rows) {
    const compute = perGbSecond * (Number.parseFloat(what) / 1024) * (Number.parseFloat(billed) / 1000);
    const state = what.includes('feedback') ? perWrite : what.includes('read each') ? perRead : 0;
    const all = requests + compute + perLogKb * logKb + traces + state;
    expect(shown.map(Number)).toEqual([http, rest].map((api = 0) => expect.closeTo(api + all, 2)));
  }
});

test('the metrics of the alarms are as many as it says', () => {
  const [, count, cost] = /^- alarms with (\d+) metrics: ([\d.]+) /m.exec(deployment) ?? [];
  const { all: _, graph: _graph, batch: _batch, v2: _v2, ...others } = functions;
  const stateful = Object.values(others).filter(({ role }) => role === 'StatefulRole');
  // Each has three metrics for each function, and one if it keeps a state; one for the API and the queue, two
  // for the table.
  expect(Number(count)).toBe(3 * Object.keys(others).length + stateful.length + 4);
  expect(Number(cost)).toBeCloseTo(0.1 * Number(count));
});

const [, sam = ''] = /```yaml\n(Transform: [\s\S]*?)```/.exec(deployment) ?? [];

test('the SAM template has handlers of this zip, with paths of theirs', () => {
  const document = parseDocument(sam, { logLevel: 'error' });
  const { Resources } = document.toJS() as {
    Resources: Record<
      string,
      { Properties: { Handler?: string; Events?: Record<string, { Properties: { Path: string } }> } }
    >;
  };
  const used = Object.values(Resources).flatMap(({ Properties: { Handler, Events = {} } }) =>
    Handler === undefined
      ? []
      : Object.values(Events).map(({ Properties: { Path } }) => [
          Handler,
          `handlers/${functionOfPath.get(Path)}.handler`,
        ]),
  );
  expect(used.length).toBeGreaterThan(1);
  for (const [handler, expected] of used) {
    expect(handler).toBe(expected);
  }
});

test.skipIf(!HAS_CFN_LINT)(
  `cfn-lint${HAS_CFN_LINT ? '' : ', which is not installed,'} has nothing against the SAM template`,
  async () => {
    const file = join(temporaryFolder(), 'template.yaml');
    writeFileSync(file, sam);
    expect(await lint([file])).toEqual([]);
  },
);
