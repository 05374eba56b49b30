import type { Model, NdArray } from 'seldon-lambda';
import { type BanditState, storedCounts, toBanditState } from './lib/bandit-state.ts';
import { type BranchCounts, branchTags, branchValues, countFeedback, untried } from './lib/branches.ts';
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
import { anySeed, SeededRandom } from './lib/seeded-random.ts';

const KNOWN = ['n_branches', 'epsilon', 'best_branch', 'seed', 'branch_names', 'history', 'verbose'];

/** The parameters of {@link EpsilonGreedy}. */
export interface EpsilonGreedyParameters {
  /** INT, 1 or more: the number of children of the router. */
  readonly n_branches: number;
  /** FLOAT, 0..1, default 0.1: the share of requests that explore. */
  readonly epsilon?: number;
  /** INT, 0..n_branches-1, default 0: the branch that is best until feedback says otherwise. */
  readonly best_branch?: number;
  /** INT, default random: the same seed and the same feedback give the same routes. */
  readonly seed?: number;
  /** STRING, default none: names of the branches for the tags, as `champion:challenger`. */
  readonly branch_names?: string;
  /** BOOL, default false: record each value of each branch. Grows with each feedback: for experiments. */
  readonly history?: boolean;
  /** BOOL: accepted and ignored. */
  readonly verbose?: boolean;
}

/**
 * A router that learns from feedback which child is best: a multi-armed bandit with a reward of 0 or 1 for
 * each row.
 *
 * - `route` answers the best branch or, with probability `epsilon`, any other, each equally likely.
 * - `sendFeedback` takes `reward`, 0..1, as the share of the request's rows that were a success. A branch's
 *   value is its successes / tries. The best branch has the highest value; on a tie the branch that was best
 *   before, or else the first one.
 * - `tags`: `branch_success`, `branch_tries`, `branch_values`, `best_branch`, and `history` if recorded:
 *   lists by branch or, with `branch_names`, objects by name.
 *
 * With a state store all instances learn together. With a `seed` the random numbers are part of the state: a
 * restored router continues as if it had never been interrupted, but every route then writes to the store.
 */
export class EpsilonGreedy implements Model {
  readonly epsilon: number;
  readonly branchNames: readonly string[] | undefined;
  readonly random: SeededRandom;
  readonly hasSeed: boolean;
  readonly stateful: readonly ('sendFeedback' | 'route')[];
  counts: BranchCounts;
  bestBranch: number;

  /** @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter, its value and what was expected. */
  constructor(parameters: EpsilonGreedyParameters) {
    refuseUnknown(parameters, KNOWN);
    const branches = readParameter(parameters, 'n_branches', count);
    this.epsilon = readParameter(parameters, 'epsilon', numberFrom(0, 1), 0.1);
    this.bestBranch = readParameter(parameters, 'best_branch', integerFrom(0, branches - 1), 0);
    this.hasSeed = parameters.seed !== undefined;
    this.random = new SeededRandom(readParameter(parameters, 'seed', integer, anySeed()));
    this.stateful = this.hasSeed ? ['sendFeedback', 'route'] : ['sendFeedback'];
    this.branchNames = readNames(parameters, 'branch_names', branches);
    this.counts = untried(branches, readParameter(parameters, 'history', boolean, false));
  }

  route(): number {
    const others = this.counts.tries.length - 1;
    if (others === 0 || this.random.next() >= this.epsilon) {
      return this.bestBranch;
    }
    const other = this.random.nextInteger(others);
    return other < this.bestBranch ? other : other + 1;
  }

  /** @throws SeldonError MICROSERVICE_BAD_DATA when `routing` is not a branch or `reward` not from 0 to 1. */
  sendFeedback(features: NdArray, _names: string[], reward: number, _truth: NdArray, routing?: number): void {
    countFeedback(this.counts, features, reward, routing);
    const values = branchValues(this.counts);
    const highest = Math.max(...values);
    if (values[this.bestBranch] < highest) {
      this.bestBranch = values.indexOf(highest);
    }
  }

  tags(): Record<string, unknown> {
    return branchTags(this.counts, this.bestBranch, this.branchNames);
  }

  getState(): BanditState {
    return toBanditState(this.counts, this.bestBranch, this.hasSeed ? this.random : undefined);
  }

  setState(state: BanditState): void {
    this.counts = storedCounts(state, this.counts.tries.length, this.counts.history !== undefined);
    this.bestBranch = state.bestBranch;
    if (this.hasSeed && state.random !== undefined) {
      this.random.state = state.random;
    }
  }
}
