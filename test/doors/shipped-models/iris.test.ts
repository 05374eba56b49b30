import fc from 'fast-check';
import { fromData, fromNested } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { Iris } from '../../../models/Iris.ts';
import { Metadata } from '../../../src/runtime/model/metadata.ts';
import expected from '../../fixtures/iris-expected.json' with { type: 'json' };
import { expectRefusal, largestDifference, NOT_AN_ARRAY, table } from '../../support/shipped-models.ts';

describe('Iris', () => {
  const iris = new Iris();

  test('answers the probabilities of the real model within 1e-9', () => {
    const answer = iris.predict(fromNested(expected.X)).asType('float64');
    const wanted = fromNested(expected.probabilities).asType('float64');
    expect(answer.shape).toEqual([45, 3]);
    expect(largestDifference(answer, wanted)).toBeLessThan(1e-9);
  });

  test('every row sums to 1, whatever the measurements', () => {
    fc.assert(
      fc.property(table(4), (X) => {
        for (const row of iris.predict(X).toNested() as number[][]) {
          expect(row.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
          expect(row[0] + row[1] + row[2]).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  test('answers no rows for no rows', () => {
    expect(iris.predict(fromData(new Float64Array(), [0, 4])).shape).toEqual([0, 3]);
  });

  test.each([
    ['another number of columns', fromNested([[1, 2, 3]]), /array of shape \(1,3\).*\(rows,4\)/],
    ['one axis', fromNested([1, 2, 3, 4]), /array of shape \(4\).*\(rows,4\)/],
    ['three axes', fromNested([[[1, 2, 3, 4]]]), /array of shape \(1,1,4\).*\(rows,4\)/],
    ['a third axis', fromNested([[[1], [2], [3], [4]]]), /array of shape \(1,4,1\).*\(rows,4\)/],
    ['an empty array', fromNested([]), /array of shape \(0\).*\(rows,4\)/],
    [
      'rows of unequal length',
      fromNested([[1, 2, 3, 4], [1]]),
      /array of shape \(2\), dtype object.*\(rows,4\)/,
    ],
    ['text', fromNested([['a', 'b', 'c', 'd']]), /element 0.*"a"; expected a number/],
    [
      'a NaN',
      fromNested([
        [1, 2, 3, 4],
        [1, Number.NaN, 3, 4],
      ]),
      /row 1 has a NaN/,
    ],
    ['an infinity', fromNested([[1, 2, 3, Infinity]]), /row 0 has .* too large/],
  ])('refuses %s', (_what, X, info) => {
    expectRefusal(() => iris.predict(X), 'MICROSERVICE_BAD_DATA', info);
  });

  test.each(NOT_AN_ARRAY)('refuses %s, saying so', (words, X) => {
    expectRefusal(
      () => iris.predict(X),
      'MICROSERVICE_BAD_DATA',
      new RegExp(`the features are ${words}; expected`),
    );
  });

  test('describes itself', () => {
    expect(iris.classNames()).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(iris.tags()).toEqual({ model: 'iris', version: '1.0.0' });
    const metadata = Metadata.parse(iris.initMetadata());
    expect(metadata).toMatchObject({
      name: 'iris',
      versions: ['1.0.0'],
      platform: 'seldon-lambda',
      inputs: [{ messagetype: 'ndarray', schema: { shape: [4] } }],
      outputs: [
        { messagetype: 'ndarray', schema: { names: ['setosa', 'versicolor', 'virginica'], shape: [3] } },
      ],
    });
    expect(metadata.inputs[0]).toHaveProperty('schema.names.0', 'sepal length (cm)');
  });
});
