import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bodyOf, type Case, readCases, type Step, stepsOf } from '../support/conformance/case.ts';
import { type Expected, expectedOf } from '../support/conformance/expected.ts';
import { ofModel, readFamilies } from '../support/conformance/families.ts';
import { NOT_HERE } from '../support/conformance/not-here.ts';
import { readNumberTexts, toNumberTexts } from '../support/conformance/number-texts.ts';
import { type Deployment, deploy } from '../support/functions.ts';

/**
 * The functions of one model and environment; cases of the same start share it, as they did when they were
 * recorded.
 */
function startOf({ id, model, env, args, steps, startup, fresh }: Case): string {
  const own = steps !== undefined || startup !== undefined || fresh === true;
  return JSON.stringify([model, env, args ?? [], own ? id : '']);
}

const groups = new Map<string, Case[]>();
for (const testCase of readCases().filter(({ id }) => NOT_HERE[id] === undefined)) {
  const start = startOf(testCase);
  groups.set(start, [...(groups.get(start) ?? []), testCase]);
}

test('every recorded case is run or stands in the table of those that cannot exist here', () => {
  const ids = readCases().map(({ id }) => id);
  const run = [...groups.values()].flat().map(({ id }) => id);
  // A missing file would have no cases, and a repeated id would hide one.
  expect(run.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...run, ...Object.keys(NOT_HERE)].sort()).toEqual(ids.sort());
});

describe.each([...groups])('%s', (_start, group) => {
  let functions: Deployment;
  beforeAll(() => {
    const [{ model, env, args = [] }] = group as [Case];
    // The one flag that means an environment variable; the others name nothing that functions have.
    const parameters: Record<string, string> =
      args[0] === '--parameters' ? { PREDICTIVE_UNIT_PARAMETERS: args[1] as string } : {};
    functions = deploy({ MODEL_NAME: model, ...env, ...parameters });
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  test.each(group.map((testCase) => [testCase.id, testCase] as const))('%s', async (_id, testCase) => {
    for (const step of stepsOf(testCase)) {
      const actual = await send(functions, step);
      const expected = expectedOf(testCase, step);
      if (testCase.libraryDependent && testCase.steps === undefined && testCase.bugs === undefined) {
        continue;
      }
      compare(actual, expected);
    }
  });
});

function send(functions: Deployment, { request }: Step) {
  const body = bodyOf(request);
  return functions.send({
    method: request.method,
    path: request.path,
    headers: request.headers,
    ...(body === undefined ? {} : { body }),
  });
}

function compare(
  actual: Awaited<ReturnType<Deployment['send']>>,
  { status, contentType, body, text, reason, info, isFeedback, families, isCut }: Expected,
): void {
  const actualBody =
    typeof actual.body === 'string' ? actual.body : Buffer.from(actual.body).toString('latin1');
  const summary = `answered ${actual.status} ${actualBody.slice(0, 300)}`;
  expect(actual.status, summary).toBe(status);
  expect(actual.headers['content-type']?.split(';', 1)[0], summary).toBe(contentType);
  expect(actual.headers['access-control-allow-origin']).toBe('*');
  if (families !== undefined) {
    const answered = ofModel(readFamilies(actualBody));
    if (isCut) {
      expect(answered).toMatchObject(families);
    } else {
      expect(answered).toEqual(families);
    }
  }
  if (text !== undefined) {
    expect(actualBody).toBe(text);
  }
  if (body !== undefined) {
    expect(normal(readNumberTexts(actualBody), isFeedback)).toEqual(normal(toNumberTexts(body), isFeedback));
  }
  if (reason === undefined) {
    return;
  }
  const error = (JSON.parse(actualBody) as { status: { info: unknown } }).status;
  expect(error).toEqual({ status: 1, code: -1, reason, info: expect.anything() });
  const shown = typeof error.info === 'string' ? error.info : JSON.stringify(error.info);
  expect(shown).not.toMatch(/\n\s+at /);
  if (info !== undefined) {
    expect(shown.startsWith(info), `info is ${shown}; expected ${info}...`).toBe(true);
  }
}

/**
 * Removes the differences that JSON text in JavaScript cannot carry: the kinds integer and float, the dtypes
 * int64 and float64. `isFeedback`: also the fields that protobuf's JSON mapping leaves out (B12).
 */
function normal(value: unknown, isFeedback: boolean | undefined): unknown {
  return JSON.parse(JSON.stringify(value), (key, inner) => {
    if (key === 'kind' && (inner === 'integer' || inner === 'float')) {
      return 'number';
    }
    if (key === 'type' && (inner === 'integer' || inner === 'float')) {
      return 'number';
    }
    if (key === 'dtype' && (inner === 'int64' || inner === 'float64')) {
      return 'number';
    }
    if (isFeedback && key === 'values' && Array.isArray(inner) && inner.length === 0) {
      return undefined;
    }
    if (isFeedback && key === 'type' && inner === 'COUNTER') {
      return undefined;
    }
    return inner;
  });
}
