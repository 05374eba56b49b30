import { fromData } from 'seldon-lambda';
import { expect, test } from 'vitest';
import { encodeAnswer } from '../../../src/runtime/protocols/seldon/encode-answer.ts';

/** The columns of arrays so large that the number kernel writes them. */
const COLUMNS = [63, 64, 999, 1000, 1001, 1999, 2000, 2001, 10_000, 100_001, 2 ** 19];

test.each([
  ['numbers', (columns: number) => fromData(new Float64Array(columns), [1, columns]), 'ndarray'],
  ['numbers as a tensor', (columns: number) => fromData(new Float64Array(columns), [1, columns]), 'tensor'],
  ['text', (columns: number) => fromData(Array.from({ length: columns }, String), [1, columns]), 'ndarray'],
] as const)('default names of any number of columns: %s', async (_what, make, arrayKind) => {
  for (const columns of COLUMNS) {
    const { body } = await encodeAnswer(
      { payload: make(columns), classNames: () => undefined, tags: [], metrics: [] },
      { arrayKind, puid: undefined, metas: [] },
      { unitPath: {}, carriesMeta: true, showsMetrics: true },
    );
    const { data } = JSON.parse(body as string) as { data: { names: string[] } };
    const expected = Array.from({ length: columns }, (_, column) => `t:${column}`);
    // Not compared by `expect`, which would show them all.
    expect(data.names.length).toBe(columns);
    expect(data.names.findIndex((name, column) => name !== expected[column])).toBe(-1);
  }
});
