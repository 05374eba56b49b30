import fc from 'fast-check';
import { fromData, fromNested, type NdArray, type Payload, SeldonError } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { EpsilonGreedy, type EpsilonGreedyParameters } from '../../models/EpsilonGreedy.ts';
import { Iris } from '../../models/Iris.ts';
import { SeededRandom } from '../../models/lib/seeded-random.ts';
import { MeanCombiner } from '../../models/MeanCombiner.ts';
import { StandardScaler } from '../../models/StandardScaler.ts';
import { Metadata } from '../../src/runtime/model/metadata.ts';
import expected from '../fixtures/iris-expected.json' with { type: 'json' };

const NOT_AN_ARRAY: [string, Payload][] = [
  ['a string', 'hi'],
  ['bytes', new Uint8Array(4)],
  ['a JSON value', { sepal: 1 }],
  ['a JSON value', null],
];
const finite = fc.double({ min: -1e4, max: 1e4, noNaN: true });
const table = (columns: number) =>
  fc
    .array(fc.array(finite, { minLength: columns, maxLength: columns }), { minLength: 1 })
    .map((rows) => fromNested(rows));

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

describe('EpsilonGreedy', () => {
  const truth = fromNested([]);
  const batch = (rows: number) => fromNested(Array.from({ length: rows }, () => [0, 0]));
  const feed = (router: EpsilonGreedy, branch: number | undefined, reward: number, features = batch(1)) =>
    router.sendFeedback(features, [], reward, truth, branch);
  const routes = (router: EpsilonGreedy, count: number) =>
    Array.from({ length: count }, () => router.route());
  const countsOf = (list: number[], branches: number) =>
    Array.from({ length: branches }, (_, branch) => list.filter((route) => route === branch).length);

  const feedback = (branches: number) =>
    fc.array(
      fc.record({
        branch: fc.nat(branches - 1),
        reward: fc.double({ min: 0, max: 1, noNaN: true }),
        rows: fc.integer({ min: 1, max: 9 }),
      }),
    );

  test('starts with branch 0, and with what best_branch says', () => {
    expect(new EpsilonGreedy({ n_branches: 3, epsilon: 0 }).route()).toBe(0);
    expect(new EpsilonGreedy({ n_branches: 3, epsilon: 0, best_branch: 2 }).route()).toBe(2);
  });

  test('explores with probability epsilon, 0.1 by default, all other branches alike', () => {
    const [first, best, ...others] = countsOf(
      routes(new EpsilonGreedy({ n_branches: 4, best_branch: 1, seed: 1 }), 30_000),
      4,
    );
    expect(best).toBeGreaterThan(26_700);
    expect(best).toBeLessThan(27_300);
    for (const other of [first, ...others]) {
      expect(other).toBeGreaterThan(850);
      expect(other).toBeLessThan(1150);
    }
  });

  test('epsilon 1 never routes to the best branch, unless it is the only one', () => {
    const [a, best, c] = countsOf(
      routes(new EpsilonGreedy({ n_branches: 3, epsilon: 1, best_branch: 1 }), 300),
      3,
    );
    expect([a > 0, best, c > 0]).toEqual([true, 0, true]);
    expect(new Set(routes(new EpsilonGreedy({ n_branches: 1, epsilon: 1 }), 100))).toEqual(new Set([0]));
  });

  test('epsilon 0 always routes to a branch of the highest value', () => {
    fc.assert(
      fc.property(feedback(3), (rounds) => {
        const router = new EpsilonGreedy({ n_branches: 3, epsilon: 0 });
        for (const { branch, reward, rows } of rounds) {
          feed(router, branch, reward, batch(rows));
          const values = router.tags().branch_values as number[];
          expect(values[router.route()]).toBe(Math.max(...values));
        }
      }),
    );
  });

  test('the same seed and feedback give the same routes', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), feedback(4), (seed, rounds) => {
        const [one, two] = [1, 2].map(() => new EpsilonGreedy({ n_branches: 4, epsilon: 0.5, seed }));
        for (const { branch, reward } of rounds) {
          feed(one, branch, reward);
          feed(two, branch, reward);
          expect(routes(one, 5)).toEqual(routes(two, 5));
        }
      }),
    );
  });

  test('other seeds give other routes, and so does none', () => {
    const seeds = [{ seed: 0 }, { seed: 1 }, {}, {}];
    const all = seeds.map(
      (seed) => `${routes(new EpsilonGreedy({ n_branches: 9, epsilon: 1, ...seed }), 50)}`,
    );
    expect(new Set(all).size).toBe(4);
  });

  test('counts every row that was fed back, as success or failure', () => {
    fc.assert(
      fc.property(feedback(3), (rounds) => {
        const router = new EpsilonGreedy({ n_branches: 3 });
        for (const { branch, reward, rows } of rounds) {
          feed(router, branch, reward, batch(rows));
        }
        const total = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0);
        expect(total(router.counts.tries)).toBe(total(rounds.map(({ rows }) => rows)));
        expect(total(router.counts.success)).toBe(
          total(rounds.map(({ rows, reward }) => Math.round(rows * reward))),
        );
      }),
    );
  });

  test.each([
    ['three rows, two of them a success', batch(3), 2 / 3, 2, 3],
    ['a reward between two counts is rounded', batch(3), 0.6, 2, 3],
    ['no features', fromNested([]), 1, 1, 1],
    ['one row without an axis of its own', fromNested([5, 6, 7]), 1, 1, 1],
    ['rows without columns', fromNested([[], []]), 0, 0, 1],
  ])('counts successes and tries: %s', (_what, features, reward, success, tries) => {
    const router = new EpsilonGreedy({ n_branches: 2 });
    feed(router, 1, reward, features);
    expect([router.counts.success, router.counts.tries]).toEqual([
      [0, success],
      [0, tries],
    ]);
  });

  test('takes the branch of the highest value; on a tie the one that was best, else the first', () => {
    const router = new EpsilonGreedy({ n_branches: 4, best_branch: 2, epsilon: 0 });
    feed(router, 2, 0);
    expect(router.route(), 'all are worth 0').toBe(2);
    feed(router, 3, 1);
    expect(router.route(), '3 alone is worth 1').toBe(3);
    feed(router, 1, 1);
    expect(router.route(), '1 and 3 are worth 1').toBe(3);
    feed(router, 0, 1);
    feed(router, 3, 0);
    expect(router.route(), '0 and 1 are worth 1, 3 is worth 0.5').toBe(0);
  });

  test('tags are lists by branch', () => {
    const router = new EpsilonGreedy({ n_branches: 2 });
    feed(router, 1, 0.75, batch(4));
    expect(router.tags()).toEqual({
      branch_success: [0, 3],
      branch_tries: [0, 4],
      branch_values: [0, 0.75],
      best_branch: 1,
    });
  });

  test('tags are objects by name where the branches have names', () => {
    const router = new EpsilonGreedy({ n_branches: 2, branch_names: 'champion:challenger', history: true });
    feed(router, 1, 1);
    feed(router, 1, 0);
    expect(router.tags()).toEqual({
      branch_success: { champion: 0, challenger: 1 },
      branch_tries: { champion: 0, challenger: 2 },
      branch_values: { champion: 0, challenger: 0.5 },
      best_branch: 'challenger',
      history: { champion: [], challenger: [1, 0.5] },
    });
  });

  test('tags given out do not change with later feedback', () => {
    const router = new EpsilonGreedy({ n_branches: 2, history: true });
    feed(router, 0, 1);
    const tags = router.tags();
    const before = structuredClone(tags);
    feed(router, 0, 0);
    expect(tags).toEqual(before);
  });

  test.each([
    [
      'no entry for this unit',
      undefined,
      1,
      /response\.meta\.routing has no entry for this unit.*from 0 to 1/,
    ],
    ['all branches', -1, 1, /response\.meta\.routing is -1 .*from 0 to 1/],
    ['a branch too many', 2, 1, /response\.meta\.routing is 2 .*from 0 to 1/],
    ['half a branch', 0.5, 1, /response\.meta\.routing is 0\.5 /],
    ['a reward above 1', 0, 1.01, /reward is 1\.01; expected a number from 0 to 1/],
    ['a reward below 0', 0, -1, /reward is -1;/],
    ['a reward that is NaN', 0, Number.NaN, /reward is NaN;/],
    ['a reward that is infinite', 0, Infinity, /reward is Infinity;/],
  ])('refuses feedback with %s and learns nothing', (_what, branch, reward, info) => {
    const router = new EpsilonGreedy({ n_branches: 2 });
    const before = router.tags();
    expectRefusal(() => feed(router, branch, reward), 'MICROSERVICE_BAD_DATA', info);
    expect(router.tags()).toEqual(before);
  });

  test.each<[object, RegExp]>([
    [{}, /n_branches is not given; expected an integer >= 1/],
    [{ n_branches: 0 }, /n_branches is 0; expected an integer >= 1/],
    [{ n_branches: 1.5 }, /n_branches is 1\.5; expected/],
    [{ n_branches: '2' }, /n_branches is "2"; expected/],
    [{ n_branches: 2, epsilon: 1.1 }, /epsilon is 1\.1; expected a number from 0 to 1/],
    [{ n_branches: 2, epsilon: -0.1 }, /epsilon is -0\.1; expected/],
    [{ n_branches: 2, epsilon: Number.NaN }, /epsilon is NaN; expected/],
    [{ n_branches: 2, epsilon: null }, /epsilon is null; expected/],
    [{ n_branches: 2, best_branch: 2 }, /best_branch is 2; expected an integer from 0 to 1/],
    [{ n_branches: 2, best_branch: -1 }, /best_branch is -1; expected/],
    [{ n_branches: 2, seed: 0.5 }, /seed is 0\.5; expected an integer/],
    [{ n_branches: 2, branch_names: 'a' }, /branch_names is "a"; expected a STRING of 2 different names/],
    [{ n_branches: 2, branch_names: 'a:a' }, /branch_names is "a:a"; expected/],
    [{ n_branches: 2, branch_names: 'a:' }, /branch_names is "a:"; expected/],
    [{ n_branches: 2, branch_names: 12 }, /branch_names is 12; expected/],
    [{ n_branches: 2, history: 'yes' }, /history is "yes"; expected a BOOL/],
    [{ n_branches: 2, epsilom: 0.2 }, /epsilom \(0\.2\) is unknown; expected only n_branches, epsilon, /],
  ])('refuses the parameters %j', (parameters, info) => {
    expectRefusal(
      () => new EpsilonGreedy(parameters as EpsilonGreedyParameters),
      'MICROSERVICE_BAD_PARAMETER',
      info,
    );
  });

  test('takes verbose and ignores it', () => {
    expect(new EpsilonGreedy({ n_branches: 2, epsilon: 0, verbose: true }).route()).toBe(0);
  });

  test('its random numbers go on from a state read earlier', () => {
    const random = new SeededRandom(7);
    random.next();
    const { state } = random;
    const next = [random.next(), random.next()];
    const other = new SeededRandom(0);
    other.state = state;
    expect([other.next(), other.next()]).toEqual(next);
  });
});

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

function expectRefusal(call: () => unknown, reason: string, info: RegExp): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SeldonError);
  const { reason: given, message, status } = thrown as SeldonError;
  expect(given).toBe(reason);
  expect(message).toMatch(info);
  expect(status).toBe(reason === 'MICROSERVICE_BAD_DATA' ? 400 : 500);
}

function largestDifference(one: NdArray, other: NdArray): number {
  const wanted = other.asType('float64').data;
  return Math.max(...one.asType('float64').data.map((value, index) => Math.abs(value - wanted[index])));
}
