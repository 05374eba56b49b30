import fc from 'fast-check';
import { fromNested } from 'seldon-lambda';
import { describe, expect, test } from 'vitest';
import { EpsilonGreedy, type EpsilonGreedyParameters } from '../../../models/EpsilonGreedy.ts';
import { SeededRandom } from '../../../models/lib/seeded-random.ts';
import { expectRefusal } from '../../support/shipped-models.ts';

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
