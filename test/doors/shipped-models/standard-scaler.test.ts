import fc from 'fast-check';
import { fromNested } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { StandardScaler } from '../../../models/StandardScaler.ts';
import { expectRefusal, largestDifference, table } from '../../support/shipped-models.ts';

describe('StandardScaler', () => {
  test('scales each column by its own mean and scale', () => {
    const scaler = new StandardScaler({ mean: '1, 10', scale: '2, 5' });
    const X = fromNested([
      [1, 10],
      [5, 0],
    ]);
    expect(scaler.transformInput(X).toNested()).toEqual([
      [0, 0],
      [2, -2],
    ]);
    expect(scaler.transformOutput(X).toNested()).toEqual([
      [3, 60],
      [11, 10],
    ]);
    expect(X.toNested()).toEqual([
      [1, 10],
      [5, 0],
    ]);
  });

  test('knows the columns of iris by itself', () => {
    const scaler = new StandardScaler();
    expect(scaler.transformOutput(fromNested([[0, 0, 0, 0]])).toNested()).toEqual([
      [5.8433333, 3.0573333, 3.758, 1.1993333],
    ]);
    const oneUp = fromNested([[6.66863459, 3.49174427, 5.51740407, 1.95902593]]);
    expect(largestDifference(scaler.transformInput(oneUp), fromNested([[1, 1, 1, 1]]))).toBeLessThan(1e-6);
  });

  test('the output transformer undoes the input transformer', () => {
    const scaler = new StandardScaler();
    fc.assert(
      fc.property(table(4), (X) => {
        const there = scaler.transformInput(X);
        expect(there.shape).toEqual(X.shape);
        expect(largestDifference(scaler.transformOutput(there), X)).toBeLessThan(1e-9);
      }),
    );
  });

  test.each([
    ['another number of columns', fromNested([[1, 2, 3]]), /shape \(1,3\).*\(rows,4\)/],
    ['one axis', fromNested([1, 2, 3, 4]), /shape \(4\).*\(rows,4\)/],
    ['text', fromNested([['a', 'b', 'c', 'd']]), /expected a number/],
    ['a string', 'hi', /a string; expected/],
  ])('refuses %s, both ways', (_what, X, info) => {
    const scaler = new StandardScaler();
    expectRefusal(() => scaler.transformInput(X), 'MICROSERVICE_BAD_DATA', info);
    expectRefusal(() => scaler.transformOutput(X), 'MICROSERVICE_BAD_DATA', info);
  });

  test.each<[object, RegExp]>([
    [{ mean: '1,2', scale: '1,0' }, /scale is "1,0"; expected numbers above 0/],
    [{ mean: '1,2', scale: '1,-1' }, /scale is "1,-1"; expected numbers above 0/],
    [{ mean: '1,2', scale: '1' }, /mean has 2 numbers and parameter scale has 1; expected as many of each/],
    [{ mean: '1,2,3,4' }, /mean has 4 numbers and parameter scale has no/],
    [{ scale: '1,2,3,4' }, /mean has no numbers and parameter scale has 4/],
    [{ mean: '1,2', scale: '1,Infinity' }, /scale is "1,Infinity"; expected a STRING of numbers/],
    [{ mean: 'a', scale: '1' }, /mean is "a"; expected a STRING of numbers/],
    [{ mean: '1', std: '1' }, /std \("1"\) is unknown; expected only mean, scale/],
  ])('refuses the parameters %j', (parameters, info) => {
    expectRefusal(() => new StandardScaler(parameters), 'MICROSERVICE_BAD_PARAMETER', info);
  });
});
