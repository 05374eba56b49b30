import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphPlan } from '../../../src/runtime/graph/plan.ts';
import { freePorts } from '../../support/free-ports.ts';
import { deployment, deploymentOf, unit } from '../../support/graph-document.ts';
import { MANIFEST, PROGRAM, packPackage, projectWith, SERVERLESS } from '../../support/installed.ts';
import { type Running, removeFolders, run, start } from '../../support/project.ts';

const GRAPH = deployment(unit('chooser', 'ROUTER', [unit('plus'), unit('times')]));
let project: string;
let server: Running;
let url: string;

beforeAll(async () => {
  project = await projectWith(await packPackage(), {
    'package.json': MANIFEST,
    'serverless.yml': SERVERLESS,
    'models/Chooser.ts': 'export class Chooser { route() { return 1; } }',
    'models/Plus.ts': 'export class Plus { predict() { return [[3]]; } }',
    'models/Times.ts': 'export class Times { predict() { return [[2]]; } }',
  });
}, 120_000);

afterAll(async () => {
  server?.process.kill('SIGTERM');
  await server?.ended;
  removeFolders();
}, 240_000);

/** Writes a file at once, as editors do. */
function write(name: string, content: unknown): void {
  const file = join(project, name);
  writeFileSync(`${file}.new`, typeof content === 'string' ? content : JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

/** The plan that a new function would read, with the target of each unit. */
function served(): Record<string, string> {
  const [folder = ''] = readdirSync(join(project, '.build'));
  const file = join(project, '.build', folder, 'graph.json');
  const { predictors }: GraphPlan = JSON.parse(readFileSync(file, 'utf8'));
  const units = Object.entries(predictors[0]?.units ?? {});
  return Object.fromEntries(units.map(([name, { target }]) => [name, target]));
}

/** The answer of the graph: each class has a number of its own. */
async function answer(): Promise<unknown> {
  const response = await fetch(`${url}/api/v1.0/predictions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"data":{"ndarray":[[1]]}}',
  });
  const { data } = (await response.json()) as { data?: { ndarray?: unknown } };
  return data?.ndarray;
}

/** Makes a change, and waits for what the server says of it. */
async function change(name: string, content: unknown, says: RegExp): Promise<void> {
  const from = server.text().length;
  write(name, content);
  await server.says(says, from);
}

test('start with a graph that cannot work ends with exit code 2 and a sentence', async () => {
  write('bad.yaml', deployment(unit('nobody')));
  const { code, text } = await run(project, [...PROGRAM, 'start', '--graph', 'bad.yaml']);
  expect(text).toContain('bad.yaml: spec.predictors[0].graph (the unit nobody) is bound to nothing: ');
  expect(code).toBe(2);
}, 240_000);

test('start serves a graph, and what it was when a change is refused', async () => {
  write('shop.yaml', GRAPH);
  const [httpPort, lambdaPort] = await freePorts(2);
  const ports = ['--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`];
  server = start(project, [...PROGRAM, 'start', ...ports, '--graph', 'shop.yaml']);
  await server.says(/^curl http.*\n/m);
  expect(server.text()).toContain('    chooser  ROUTER  model:Chooser  by the name of its file\n');
  const first = { chooser: 'model:Chooser', plus: 'model:Plus', times: 'model:Times' };
  expect(served()).toEqual(first);
  url = `http://127.0.0.1:${httpPort}`;
  expect(await answer()).toEqual([[2]]);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('deployment_name="shop"');

  // The function of the graph describes it.
  expect((await fetch(`${url}/docs`)).headers.get('content-type')).toBe('text/html; charset=utf-8');
  const document = (await (await fetch(`${url}/seldon.json`)).json()) as Record<string, unknown>;
  expect(document['x-seldon-graph']).toMatchObject({ predictors: [{ graph: { unit: 'chooser' } }] });

  // A mistake in the graph, in the file of nodes, and in a class.
  await change('shop.yaml', deployment(unit('nobody')), /nobody\) is bound to nothing.*\n.*is still served/);
  expect(served()).toEqual(first);
  write('shop.yaml', GRAPH);
  await change('shop.nodes.yaml', 'tiems: Plus', /shop.nodes.yaml has "tiems".*\n.*is still served/);
  await change('shop.nodes.yaml', 'times: Plus', /rebuilt in/);
  const second = { ...first, times: 'model:Plus' };
  expect(served()).toEqual(second);
  expect(await answer()).toEqual([[3]]);
  await change(
    'models/Chooser.ts',
    'export class Chooser { choose() { return 0; } }',
    /the unit chooser needs the method route, which Chooser .*\n.*is still served/,
  );
  expect(await answer()).toEqual([[3]]);
  await change('models/Chooser.ts', 'export class Chooser { route = () => 0; }', /rebuilt in/);
  expect(served()).toEqual(second);

  // A unit whose class has a mistake at first, and one whose file comes later.
  write('models/Later.ts', 'export class Later { predict(X: unknown) { return X }');
  await change('shop.nodes.yaml', 'times: Later', /models\/Later.ts:1.*\n.*is still served/);
  expect(served()).toEqual(second);
  await change('models/Later.ts', 'export class Later { predict(X: unknown) { return X; } }', /rebuilt/);
  expect(served()).toEqual({ ...first, times: 'model:Later' });
  await change(
    'shop.yaml',
    deployment(unit('chooser', 'ROUTER', [unit('plus'), unit('times'), unit('latest')])),
    /latest\) is bound to nothing.*\n.*is still served/,
  );
  await change('models/Latest.ts', 'export class Latest { predict(X: unknown) { return X; } }', /rebuilt/);
  expect(served()).toEqual({ ...first, times: 'model:Later', latest: 'model:Latest' });
  // What is new is followed, too.
  await change('models/Latest.ts', 'export class Latest { predict() { return [[9]]; } }', /rebuilt in/);
  await change('models/Chooser.ts', 'export class Chooser { route = () => 2; }', /rebuilt in/);
  expect(await answer()).toEqual([[9]]);

  // A shadow gets a copy of each request, and changes no answer.
  const graph = unit('chooser', 'ROUTER', [unit('plus'), unit('times'), unit('latest')]);
  const shadow = { name: 'next', shadow: true, graph: unit('plus') };
  await change('shop.yaml', deploymentOf([{ name: 'main', graph }, shadow]), /rebuilt in/);
  const from = server.text().length;
  expect(await answer()).toEqual([[9]]);
  await server.says(/"status":200.*"predictor":"next","nodes":\{"plus":/, from);
  const counts = await (await fetch(`${url}/metrics`)).text();
  expect(counts).toMatch(
    /^seldon_api_executor_client_requests_seconds_count\{.*predictor_name="next".*\} 1$/m,
  );
}, 240_000);
