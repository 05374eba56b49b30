import type { Model, NdArray } from 'seldon-lambda';
import { badData } from './lib/errors.ts';
import {
  boolean,
  count,
  integer,
  integerFrom,
  numberFrom,
  readNames,
  readParameter,
  refuseUnknown,
} from './lib/parameters.ts';
import { SeededRandom } from './lib/seeded-random.ts';

const KNOWN = ['n_branches', 'epsilon', 'best_branch', 'seed', 'branch_names', 'history', 'verbose'];

/** What {@link EpsilonGreedy} is constructed with. */
export interface EpsilonGreedyParameters {
  /** INT, 1 or more: how many children the router has. */
  readonly n_branches: number;
  /** FLOAT, 0..1, default 0.1: the share of requests that explore. */
  readonly epsilon?: number;
  /** INT, 0..n_branches-1, default 0: the branch that counts as best until feedback says otherwise. */
  readonly best_branch?: number;
  /** INT, default random: the same seed and the same feedback give the same routes. */
  readonly seed?: number;
  /** STRING, default none: names of the branches for the tags, as `champion:challenger`. */
  readonly branch_names?: string;
  /** BOOL, default false: keep every value that each branch has had. Grows with each feedback: for experiments. */
  readonly history?: boolean;
  /** BOOL: taken and ignored. */
  readonly verbose?: boolean;
}

/**
 * A router that learns from feedback which child is best: a multi-armed bandit whose rewards are 0 or 1 a row.
 *
 * - `route` answers the best branch, or, with probability `epsilon`, one of the others, each as likely as the next.
 * - `sendFeedback` takes `reward`, 0..1, as the share of the request's rows that were a success. A branch's value is
 *   its successes / tries; the best branch has the highest, on a tie the one that was best before, else the first.
 * - `tags`: `branch_success`, `branch_tries`, `branch_values`, `best_branch`, and `history` where it is kept: lists
 *   by branch, or, with `branch_names`, objects by name.
 */
export class EpsilonGreedy implements Model {
  readonly epsilon: number;
  readonly branchNames: readonly string[] | undefined;
  readonly random: SeededRandom;
  readonly branchSuccess: number[];
  readonly branchTries: number[];
  /** Of each branch, the values it has had, oldest first; undefined where they are not kept. */
  readonly history: number[][] | undefined;
  bestBranch: number;

  /** @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter, its value and what was expected. */
  constructor(parameters: EpsilonGreedyParameters) {
    refuseUnknown(parameters, KNOWN);
    const branches = readParameter(parameters, 'n_branches', count);
    this.epsilon = readParameter(parameters, 'epsilon', numberFrom(0, 1), 0.1);
    this.bestBranch = readParameter(parameters, 'best_branch', integerFrom(0, branches - 1), 0);
    const anySeed = Math.floor(Math.random() * 2 ** 32);
    this.random = new SeededRandom(readParameter(parameters, 'seed', integer, anySeed));
    this.branchNames = readNames(parameters, 'branch_names', branches);
    this.branchSuccess = new Array(branches).fill(0);
    this.branchTries = new Array(branches).fill(0);
    const keepsHistory = readParameter(parameters, 'history', boolean, false);
    this.history = keepsHistory ? this.branchTries.map(() => []) : undefined;
  }

  route(): number {
    const others = this.branchTries.length - 1;
    if (others === 0 || this.random.next() >= this.epsilon) return this.bestBranch;
    const other = this.random.nextInteger(others);
    return other < this.bestBranch ? other : other + 1;
  }

  /** @throws SeldonError MICROSERVICE_BAD_DATA when `routing` is no branch, or `reward` is not from 0 to 1. */
  sendFeedback(features: NdArray, _names: string[], reward: number, _truth: NdArray, routing?: number): void {
    const last = this.branchTries.length - 1;
    if (!integerFrom(0, last).accepts(routing)) {
      const found = routing === undefined ? 'has no entry' : `is ${routing}`;
      throw badData(`response.meta.routing ${found} for this unit; expected a branch from 0 to ${last}`);
    }
    if (!numberFrom(0, 1).accepts(reward))
      throw badData(`reward is ${reward}; expected a number from 0 to 1`);
    const rows = rowsOf(features);
    this.branchSuccess[routing] += Math.round(reward * rows);
    this.branchTries[routing] += rows;
    const values = this.#values();
    const highest = Math.max(...values);
    if (values[this.bestBranch] < highest) this.bestBranch = values.indexOf(highest);
    this.history?.[routing].push(values[routing]);
  }

  tags(): Record<string, unknown> {
    return {
      branch_success: this.#byBranch(this.branchSuccess),
      branch_tries: this.#byBranch(this.branchTries),
      branch_values: this.#byBranch(this.#values()),
      best_branch: this.branchNames?.[this.bestBranch] ?? this.bestBranch,
      ...(this.history && { history: this.#byBranch(this.history.map((values) => [...values])) }),
    };
  }

  #values(): number[] {
    return this.branchTries.map((tries, branch) => (tries === 0 ? 0 : this.branchSuccess[branch] / tries));
  }

  #byBranch<T>(list: readonly T[]): readonly T[] | Record<string, T> {
    if (this.branchNames === undefined) return [...list];
    return Object.fromEntries(this.branchNames.map((name, branch) => [name, list[branch]]));
  }
}

/** One prediction where there is no batch to count: no features, or a single row without an axis of its own. */
function rowsOf({ shape }: NdArray): number {
  return shape.length < 2 || shape.includes(0) ? 1 : shape[0];
}
