import { describe, expect, test } from 'vitest';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
import { WRAPPED } from '../../models/graph/wrapped.ts';
import {
  type ArrivedCall,
  type GraphCase,
  graphCases,
  jsonOf,
  sorted,
  unmatched,
} from '../../support/graph/graph-case.ts';
import { OURS } from '../../support/graph/ours.ts';
import { planOf } from '../../support/graph/plan-of.ts';
import { serveGraph } from '../../support/graph/serve-graph.ts';
import { stubModel } from '../../support/graph/stub-model.ts';

const OTHER_PROTOCOL = 'a graph of this protocol is not served';

/** Why a case cannot be run with nodes in the same process; undefined: it can. */
function notLocal({ protocol, nodes = {}, down, id }: GraphCase): string | undefined {
  if (protocol !== undefined) {
    return OTHER_PROTOCOL;
  }
  if (OURS[id]?.refused) {
    return 'the graph is refused when it is packaged';
  }
  const answers = Object.values(nodes).flatMap((paths) => Object.values(paths));
  if (down || answers.some(({ hangUp, gzip }) => hangUp || gzip)) {
    return 'a node in the same process has no connection';
  }
  return answers.some(({ body, contentType }) => contentType || (body && typeof jsonOf(body) === 'string'))
    ? 'the answer of a class is JSON'
    : undefined;
}

const cases = graphCases();

describe('units in the same process', () => {
  test.each(cases.filter((each) => !notLocal(each)).map((each) => [each.id, each] as const))(
    '%s',
    async (_id, each) => {
      const arrived: ArrivedCall[] = [];
      const plan = planOf(each, (name) => `model:${name}`);
      const units: Record<string, Partial<UnitSettings>> = {};
      for (const name of Object.keys(plan.predictors[0]?.units ?? {})) {
        const model = each.models?.[name]?.model as keyof typeof WRAPPED | undefined;
        units[name] = {
          found: model
            ? { name: model, importModule: async () => ({}), classIn: () => WRAPPED[model] as never }
            : stubModel(name, each.nodes?.[name] ?? {}, arrived),
        };
      }
      const served = await serveGraph(plan, units);
      const { method = 'POST', path, headers, body } = each.request;
      const answer = await served.send({
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body }),
      });
      check(each, answer.status, String(answer.body));
      if (each.models === undefined) {
        const { calls = each.calls, localCalls = calls } = OURS[each.id] ?? {};
        if (localCalls !== 'any') {
          expect(unmatched(localCalls, arrived)).toEqual({ missing: [], extra: [] });
        }
      }
    },
  );
});

function check(each: GraphCase, status: number, body: string): void {
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
