import type { Model, NdArray } from 'seldon-lambda';
import { type BanditState, storedCounts, toBanditState } from './lib/bandit-state.ts';
import { type BranchCounts, branchTags, branchValues, countFeedback, untried } from './lib/branches.ts';
import { boolean, count, integer, readNames, readParameter, refuseUnknown } from './lib/parameters.ts';
import { anySeed, SeededRandom } from './lib/seeded-random.ts';

const KNOWN = ['n_branches', 'seed', 'branch_names', 'history', 'verbose'];

/** The parameters of {@link ThompsonSampling}. */
export interface ThompsonSamplingParameters {
  /** INT, 1 or more: the number of children of the router. */
  readonly n_branches: number;
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
 * A router that learns from feedback which child is best, and explores less the surer it is: Thompson
 * sampling with a reward of 0 or 1 for each row.
 *
 * - `route` draws, for each branch, a success rate from Beta(1 + successes, 1 + failures), and answers the
 *   highest.
 * - `sendFeedback` takes `reward`, 0..1, as the share of the request's rows that were a success.
 * - `tags`: the same as of {@link EpsilonGreedy}; `best_branch` is the branch with the highest successes /
 *   tries, on a tie the first one.
 *
 * With a state store all instances learn together. With a `seed` the random numbers are part of the state: a
 * restored router continues as if it had never been interrupted, but every route then writes to the store.
 */
export class ThompsonSampling implements Model {
  readonly branchNames: readonly string[] | undefined;
  readonly random: SeededRandom;
  readonly hasSeed: boolean;
  readonly stateful: readonly ('sendFeedback' | 'route')[];
  counts: BranchCounts;

  /** @throws SeldonError MICROSERVICE_BAD_PARAMETER naming the parameter, its value and what was expected. */
  constructor(parameters: ThompsonSamplingParameters) {
    refuseUnknown(parameters, KNOWN);
    const branches = readParameter(parameters, 'n_branches', count);
    this.hasSeed = parameters.seed !== undefined;
    this.random = new SeededRandom(readParameter(parameters, 'seed', integer, anySeed()));
    this.stateful = this.hasSeed ? ['sendFeedback', 'route'] : ['sendFeedback'];
    this.branchNames = readNames(parameters, 'branch_names', branches);
    this.counts = untried(branches, readParameter(parameters, 'history', boolean, false));
  }

  route(): number {
    const { success, tries } = this.counts;
    const draws = tries.map((all, branch) =>
      this.random.nextBeta(1 + success[branch], 1 + all - success[branch]),
    );
    return draws.indexOf(Math.max(...draws));
  }

  /** @throws SeldonError MICROSERVICE_BAD_DATA when `routing` is not a branch or `reward` not from 0 to 1. */
  sendFeedback(features: NdArray, _names: string[], reward: number, _truth: NdArray, routing?: number): void {
    countFeedback(this.counts, features, reward, routing);
  }

  tags(): Record<string, unknown> {
    return branchTags(this.counts, this.#bestBranch(), this.branchNames);
  }

  getState(): BanditState {
    return toBanditState(this.counts, this.#bestBranch(), this.hasSeed ? this.random : undefined);
  }

  setState(state: BanditState): void {
    this.counts = storedCounts(state, this.counts.tries.length, this.counts.history !== undefined);
    if (this.hasSeed && state.random !== undefined) {
      this.random.state = state.random;
    }
  }

  #bestBranch(): number {
    const values = branchValues(this.counts);
    return values.indexOf(Math.max(...values));
  }
}
