import { afterAll, describe, expect, test } from 'vitest';
import {
  type ArrivedCall,
  type GraphCase,
  graphCases,
  jsonOf,
  sorted,
  unmatched,
} from '../../support/graph/graph-case.ts';
import { closeNodes } from '../../support/graph/nodes.ts';
import { OURS } from '../../support/graph/ours.ts';
import { notLocal, notRun, runCase, type Way } from '../../support/graph/run-case.ts';

afterAll(closeNodes);

const run = graphCases().filter((each) => notRun(each) === undefined);
const anywhere = run.map((each) => [each.id, each] as const);
const inProcess = anywhere.filter(([, each]) => notLocal(each) === undefined);

describe('units in the process of the graph', () => {
  test.each(inProcess)('%s', (_id, each) => check(each, () => 'local'));
});

describe('units that are Lambda functions', () => {
  test.each(anywhere)('%s', (_id, each) => check(each, () => 'lambda'));
});

describe('units behind HTTP', () => {
  test.each(anywhere)('%s', (_id, each) => check(each, () => 'http'));
});

describe('every second unit elsewhere', () => {
  test.each(inProcess)('%s', (_id, each) =>
    check(each, (index) => (['local', 'http', 'local', 'lambda'] as const)[index % 4] as Way),
  );
});

async function check(each: GraphCase, wayOf: (index: number) => Way): Promise<void> {
  const { answer, arrived, events } = await runCase(each, wayOf);
  checkAnswer(each, answer.status, String(answer.body));
  const ours = OURS[each.id];
  const { calls: all = each.calls, localCalls = all } = ours ?? {};
  const expected = wayOf(0) === 'local' ? localCalls : all;
  if (each.models === undefined && expected !== 'any') {
    // All units are asked for their metadata at the same time.
    const isTogether = expected.every((call) => 'path' in call && call.path === '/metadata');
    const calls = isTogether ? [{ parallel: expected.map((call) => [call]) }] : expected;
    expect(unmatched(calls, arrived)).toEqual({ missing: [], extra: [] });
  }
  for (const { node, path, headers } of each.callHeaders ?? []) {
    const call = arrived.find((one) => one.node === node && one.path === path);
    expect(call?.headers).toMatchObject(lowered(headers));
  }
  expect(events.map(sorted).sort()).toEqual(
    (each.events ?? []).map(({ body, ...event }) => sorted({ ...event, body: jsonOf(body) })).sort(),
  );
  expect(puidsOf(arrived).filter((puid) => puid !== answer.headers['seldon-puid'])).toEqual([]);
}

function checkAnswer(each: GraphCase, status: number, body: string): void {
  const expected = { ...each.expect, ...OURS[each.id] };
  expect(status, body).toBe(expected.status);
  if (expected.reason !== undefined) {
    expect(body).toContain(`"reason":"${expected.reason}"`);
  } else if (expected.jsonContains !== undefined) {
    expect(jsonOf(body)).toMatchObject(expected.jsonContains);
  } else if (expected.json !== undefined) {
    expect(sorted(jsonOf(body))).toBe(sorted(expected.json));
  } else if (expected.body !== undefined) {
    expect(sorted(jsonOf(body))).toBe(sorted(jsonOf(expected.body)));
  }
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function puidsOf(arrived: readonly ArrivedCall[]): (string | undefined)[] {
  return arrived.map(({ headers }) => headers['seldon-puid']);
}
