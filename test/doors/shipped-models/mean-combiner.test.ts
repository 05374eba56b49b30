import fc from 'fast-check';
import { fromData, fromNested } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { MeanCombiner } from '../../../models/MeanCombiner.ts';
import { expectRefusal, largestDifference, NOT_AN_ARRAY, table } from '../../support/shipped-models.ts';

describe('MeanCombiner', () => {
  const a = fromNested([
    [1, 2],
    [3, 4],
  ]);
  const b = fromNested([
    [3, 2],
    [1, 0],
  ]);

  test('answers the mean, element by element, as float64', () => {
    const answer = new MeanCombiner().aggregate([a, b]);
    expect(answer.toNested()).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(answer.dtype).toBe('float64');
    const bytes = [fromData(new Int8Array([127, 1])), fromData(new Int8Array([127, 2]))];
    expect(new MeanCombiner().aggregate(bytes).toNested()).toEqual([127, 1.5]);
  });

  test.each(['0.75,0.25', '3, 1', '3000,1000'])('weighs the messages: %s', (weights) => {
    expect(new MeanCombiner({ weights }).aggregate([a, b]).toNested()).toEqual([
      [1.5, 2],
      [2.5, 3],
    ]);
  });

  test('the mean of equal arrays is that array, weighted or not', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(table(3), weights, fc.boolean(), (X, numbers, isWeighted) => {
        const combiner = new MeanCombiner(isWeighted ? { weights: `${numbers}` } : {});
        const answer = combiner.aggregate(numbers.map(() => X));
        expect(answer.shape).toEqual(X.shape);
        expect(largestDifference(answer, X)).toBeLessThan(1e-9);
      }),
    );
  });

  test('does not change what it was given', () => {
    new MeanCombiner().aggregate([a, b]);
    expect(a.toNested()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test.each([
    ['no message', [], /no message/],
    ['unequal shapes', [a, a, fromNested([[1, 2]])], /message 2 has shape \(1,2\); expected \(2,2\)/],
    ['the same size in another shape', [a, a.reshape([4])], /message 1 has shape \(4\); expected \(2,2\)/],
    ['text', [a, fromNested([['x', 'y']])], /expected a number/],
  ])('refuses %s', (_what, Xs, info) => {
    expectRefusal(() => new MeanCombiner().aggregate(Xs), 'MICROSERVICE_BAD_DATA', info);
  });

  test.each(NOT_AN_ARRAY)('refuses %s, naming the message', (words, X) => {
    const info = new RegExp(`message 1 is ${words}; expected an array`);
    expectRefusal(() => new MeanCombiner().aggregate([a, X]), 'MICROSERVICE_BAD_DATA', info);
  });

  test('refuses another number of messages than of weights', () => {
    const info = /3 messages came; expected 2, one for each of the weights 0\.7,0\.3/;
    expectRefusal(
      () => new MeanCombiner({ weights: '0.7,0.3' }).aggregate([a, a, a]),
      'MICROSERVICE_BAD_DATA',
      info,
    );
  });

  test.each<[object, RegExp]>([
    [{ weights: '1,x' }, /weights is "1,x"; expected/],
    [{ weights: '1,' }, /weights is "1,"; expected/],
    [{ weights: '' }, /weights is ""; expected/],
    [{ weights: '1,Infinity' }, /weights is "1,Infinity"; expected/],
    [{ weights: 0.5 }, /weights is 0\.5; expected a STRING of numbers/],
    [{ weights: '0,0' }, /weights is "0,0"; expected numbers >= 0 with a finite sum above 0/],
    [{ weights: '2,-1' }, /weights is "2,-1"; expected/],
    [{ weights: '1e308,1e308' }, /weights is "1e308,1e308"; expected/],
    [{ weight: '1,2' }, /weight \("1,2"\) is unknown; expected only weights/],
  ])('refuses the parameters %j', (parameters, info) => {
    expectRefusal(() => new MeanCombiner(parameters), 'MICROSERVICE_BAD_PARAMETER', info);
  });
});
