import { describe, expect, test } from 'vitest';
import { compile, deployment, refusal, unit } from '../support/graph-document.ts';

const PAIR = [unit('a'), unit('b')];
const AT = 'graph.yaml: spec.predictors[0].graph';

/** A hardcoded router `x` over children, with parameters `name: [value, type]`. */
function router(
  implementation: string,
  parameters: Readonly<Record<string, readonly [value: unknown, type: string]>>,
  children: readonly unknown[] = PAIR,
) {
  const list = Object.entries(parameters).map(([name, [value, type]]) => ({ name, value, type }));
  return unit('x', undefined, children, { implementation, parameters: list });
}

describe('a router that is none of Seldon is refused', () => {
  test.each<[string, object, string]>([
    ['WEIGHTED without a child', router('WEIGHTED', {}, []), 'has no child; expected at least one'],
    [
      'WEIGHTED without a weight',
      router('WEIGHTED', { 0: [1, 'INT'] }),
      'has no parameter 1; expected a weight for each child, by its place from 0 on',
    ],
    [
      'WEIGHTED with a weight for nobody',
      router('WEIGHTED', { 0: [1, 'INT'], 1: [1, 'INT'], 2: [1, 'INT'] }),
      'has the parameter 2; expected 0, 1',
    ],
    [
      'WEIGHTED with a negative weight',
      router('WEIGHTED', { 0: [1, 'INT'], 1: [-0.5, 'FLOAT'] }),
      'has the parameter 1 "-0.5"; expected an INT or a FLOAT from 0 on',
    ],
    [
      'WEIGHTED with a weight without an end',
      router('WEIGHTED', { 0: [1, 'INT'], 1: ['inf', 'FLOAT'] }),
      'has the parameter 1 "Infinity"; expected an INT or a FLOAT from 0 on',
    ],
    [
      'WEIGHTED with a text',
      router('WEIGHTED', { 0: [1, 'INT'], 1: ['1', 'STRING'] }),
      'has the parameter 1 "1"; expected an INT or a FLOAT from 0 on',
    ],
    [
      'WEIGHTED with nothing but zeros',
      router('WEIGHTED', { 0: [0, 'INT'], 1: [0, 'INT'] }),
      'has no child with a weight above 0; expected one at least',
    ],
    [
      'WEIGHTED with weights without a sum',
      router('WEIGHTED', { 0: ['1e308', 'FLOAT'], 1: ['1e308', 'FLOAT'] }),
      'has weights whose sum is beyond all numbers; expected smaller ones',
    ],
    ['SWITCH without a child', router('SWITCH', {}, []), 'has no child; expected at least one'],
    [
      'SWITCH with a child that is never chosen',
      router('SWITCH', { 0: ['strData', 'STRING'] }),
      'has no parameter 1, the condition of a child that is not the default, either',
    ],
    [
      'SWITCH with a default that is no child',
      router('SWITCH', { 0: ['strData', 'STRING'], default: [2, 'INT'] }),
      'has the parameter default "2"; expected an INT from 0 to 1, of a child',
    ],
    [
      'SWITCH with half a child as default',
      router('SWITCH', { 0: ['strData', 'STRING'], default: [0.5, 'FLOAT'] }),
      'has the parameter default "0.5"; expected an INT from 0 to 1, of a child',
    ],
    [
      'SWITCH with a condition for nobody',
      router('SWITCH', { 0: ['a', 'STRING'], 1: ['b', 'STRING'], '01': ['c', 'STRING'] }),
      'has the parameter 01; expected default, or 0 to 1, the place of a child',
    ],
    [
      'SWITCH with a number as condition',
      router('SWITCH', { 0: [1, 'INT'], default: [1, 'INT'] }),
      'has the parameter 0 "1"; expected a STRING with a condition',
    ],
    [
      'CASCADE without a condition',
      router('CASCADE', {}),
      'has no parameter 0; expected the condition to go on after its answer for each child, by its place from 0 on',
    ],
    [
      'CASCADE with a condition for its last child',
      router('CASCADE', { 0: ['a', 'STRING'], 1: ['a', 'STRING'] }),
      'has the parameter 1; expected 0',
    ],
  ])('%s', async (_name, graph, problem) => {
    const { implementation } = graph as { implementation: string };
    expect(await refusal(compile(deployment(graph)))).toBe(
      `${AT} (the unit x, ${implementation}) ${problem}`,
    );
  });

  test.each([
    ['', 'ends at character 1; expected a path, a number, a text, true, false or null'],
    ['data.names == ', 'ends at character 15; expected a path, a number, a text, true, false or null'],
    ['a = 1', 'has "=" at character 3'],
    ['a && b', 'has "&" at character 3'],
    ['a b', 'has b at character 3; expected and, or, or its end'],
    ['a == 1 == 2', 'has == at character 8; expected and, or, or its end'],
    ['(a', 'ends at character 3; expected )'],
    ['a)', 'has ) at character 2; expected and, or, or its end'],
    ['a.1', 'has 1 at character 3; expected the name of a member'],
    ['a[1.5]', 'has 1.5 at character 3; expected the place of an item, or a name in quotes'],
    ['a[b]', 'has b at character 3; expected the place of an item, or a name in quotes'],
    ['a["b"', 'ends at character 6; expected ]'],
    ['"a', 'has "\\"" at character 1'],
    ['"\\q"', 'has "\\q" at character 1; expected a text as JSON has it'],
    ['not', 'ends at character 4; expected a path, a number, a text, true, false or null'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 'has more than 50 levels'],
    [`${'not '.repeat(5000)}a`, 'has more than 50 levels'],
  ])('with the condition %s', async (condition, problem) => {
    const graph = router('CASCADE', { 0: [condition, 'STRING'] });
    const told = await refusal(compile(deployment(graph)));
    expect(told).toBe(`${AT} (the unit x, CASCADE) has the parameter 0, whose condition ${problem}`);
  });
});

describe('a unit that may fail is refused', () => {
  const optional = (unit: string, value: unknown = 'true') => ({
    annotations: { [`seldon-lambda.io/optional.${unit}`]: value },
  });
  const named = (unit: string) => `spec.predictors[0].annotations["seldon-lambda.io/optional.${unit}"]`;

  test.each<[string, object, Readonly<Record<string, unknown>>, string]>([
    [
      'below a router',
      unit('r', 'ROUTER', PAIR),
      optional('a'),
      `${named('a')} is true, but a is no child of a unit that combines the answers of all its children`,
    ],
    [
      'as the root',
      unit('c', 'COMBINER', PAIR),
      optional('c'),
      `${named('c')} is true, but c is no child of a unit that combines the answers of all its children`,
    ],
    [
      'that is not there',
      unit('c', 'COMBINER', PAIR),
      optional('x'),
      `${named('x')} names a unit that is not there; the units are c, a, b`,
    ],
    [
      'half',
      unit('c', 'COMBINER', PAIR),
      optional('a', 'yes'),
      `${named('a')} is "yes"; expected one of true, false`,
    ],
  ])('%s', async (_name, graph, more, problem) => {
    expect(await refusal(compile(deployment(graph, more)))).toBe(`graph.yaml: ${problem}`);
  });

  test('not when it says that it may not', async () => {
    const { plan } = await compile(deployment(unit('r', 'ROUTER', PAIR), optional('a', 'false')));
    expect(JSON.stringify(plan)).not.toContain('optional');
  });
});
