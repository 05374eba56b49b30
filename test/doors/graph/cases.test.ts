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
/** Where the units of a case run, by their place in the graph. */
const WAYS: Readonly<Record<string, (index: number) => Way>> = {
  'units in the process of the graph': () => 'local',
  'units that are Lambda functions': () => 'lambda',
  'units behind HTTP': () => 'http',
  'every second unit elsewhere': (index) => (['local', 'http', 'local', 'lambda'] as const)[index % 4] as Way,
};

/** The cases that can be run in a way. Those with slow units are run together, at the end. */
function casesOf(wayOf: (index: number) => Way, areSlow: boolean): GraphCase[] {
  const hasLocal = [0, 1, 2, 3].some((index) => wayOf(index) === 'local');
  return run.filter((each) => isSlow(each) === areSlow && !(hasLocal && notLocal(each) !== undefined));
}

function isSlow({ nodes = {} }: GraphCase): boolean {
  return Object.values(nodes).some((paths) =>
    Object.values(paths).some(({ delayMs }) => delayMs !== undefined),
  );
}

describe.each(Object.entries(WAYS))('%s', (_title, wayOf) => {
  test.each(casesOf(wayOf, false).map((each) => [each.id, each] as const))('%s', (_id, each) =>
    check(each, wayOf),
  );
});

// They do nothing but wait.
describe.concurrent('slow units', () => {
  const all = Object.entries(WAYS).flatMap(([title, wayOf]) =>
    casesOf(wayOf, true).map((each) => [`${title}: ${each.id}`, each, wayOf] as const),
  );
  test.each(all)('%s', (_title, each, wayOf) => check(each, wayOf));
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
