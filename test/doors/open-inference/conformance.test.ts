import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Deployment, deploy } from '../../support/functions.ts';
import { type Answer, readAnswer } from '../../support/peers/answer.ts';
import { bytesOf, type Case, readCases } from '../../support/peers/case.ts';
import { DEVIATIONS } from '../../support/peers/deviations/index.ts';
import { type Door, deviationsOf, expectedOf } from '../../support/peers/expected.ts';
import { httpApiEvent, restApiEvent } from '../../support/peers/gateway-event.ts';
import { environmentOf } from '../../support/peers/twins.ts';

const cases = readCases();
/** By the functions that they are sent to. */
const groups = new Map<string, Case[]>();
for (const each of cases) {
  const functions = JSON.stringify(environmentOf(each));
  groups.set(functions, [...(groups.get(functions) ?? []), each]);
}

test('each deviation is one of recorded cases', () => {
  const ids = cases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const used = new Set(cases.flatMap(deviationsOf));
  expect(DEVIATIONS.filter((_row, index) => !used.has(index))).toEqual([]);
  const named = DEVIATIONS.flatMap(({ of }) => (typeof of === 'function' ? [] : of));
  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
});

describe.each([...groups])('%s', (_environment, group) => {
  let functions: Deployment;
  beforeAll(() => {
    functions = deploy({
      MODEL_DIR: new URL('../../models/peers', import.meta.url).pathname,
      ...environmentOf(group[0] as Case),
    });
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  const all = group.flatMap((each) =>
    (['http', 'rest'] as const).map((door) => [each.id, door, each] as const),
  );

  test.each(all)('%s by %s', async (_id, door, testCase) => {
    const answered = await send(functions, testCase, door);
    const { body, ...expected } = expectedOf(testCase, door);
    expect(answered, JSON.stringify(answered.body)).toMatchObject({ ...expected });
    expect(comparable(answered.body)).toEqual(comparable(body));
  });
});

async function send(functions: Deployment, { request }: Case, door: Door): Promise<Answer> {
  const { method, path, headers } = request;
  const body = bytesOf(request);
  const sent = { method, path, headers: { ...headers }, ...(body !== undefined && { body }) };
  const answered = await functions.send(sent, door === 'http' ? httpApiEvent : restApiEvent);
  return readAnswer(answered.status, answered.headers, answered.body);
}

interface Output {
  readonly name: string;
  readonly data?: readonly unknown[];
}

/** The output `seen` is JSON as text, whose members have no order; probabilities have the digits of their exp. */
function comparable(body: unknown): unknown {
  const { outputs } = (body ?? {}) as { readonly outputs?: readonly Output[] };
  if (!Array.isArray(outputs)) {
    return body;
  }
  return { ...(body as object), outputs: (outputs as readonly Output[]).map(comparableOutput) };
}

function comparableOutput(output: Output): unknown {
  if (output.data === undefined) {
    return output;
  }
  if (output.name === 'seen') {
    return {
      ...output,
      data: output.data.map((text) => (typeof text === 'string' ? JSON.parse(text) : text)),
    };
  }
  return output.name === 'predict_proba' ? { ...output, data: output.data.map(rounded) } : output;
}

function rounded(digits: unknown): string {
  return Number(String(digits).replace('number ', '')).toPrecision(12);
}
