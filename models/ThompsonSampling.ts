import type { Model, NdArray } from 'seldon-lambda';
import { type BanditState, storedCounts, toBanditState } from './lib/bandit-state.ts';
import { type BranchCounts, branchTags, branchValues, countFeedback, untried } from './lib/branches.ts';
import { boolean, count, integer, readNames, readParameter, refuseUnknown } from './lib/parameters.ts';
import { anySeed, SeededRandom } from './lib/seeded-random.ts';

const KNOWN = ['n_branches', 'seed', 'branch_names', 'history', 'verbose'];

/** What {@link ThompsonSampling} is constructed with. */
export interface ThompsonSamplingParameters {
  /** INT, 1 or more: how many children the router has. */
  readonly n_branches: number;
  /** INT, default random: the same seed and the same feedback give the same routes. */
  readonly seed?: number;
  /** STRING, default none: names of the branches for the tags, as `champion:challenger`. */
  readonly branch_names?: string;
  /**
   * BOOL, default false: keep every value that each branch has had. Grows with each feedback: for
   * experiments.
   */
  readonly history?: boolean;
  /** BOOL: taken and ignored. */
  readonly verbose?: boolean;
}

/**
 * A router that learns from feedback which child is best, and explores as much as it is unsure: Thompson
 * sampling with rewards of 0 or 1 a row.
 *
 * - `route` draws, for each branch, a success rate from Beta(1 + successes, 1 + failures), and answers the
 *   highest.
 * - `sendFeedback` takes `reward`, 0..1, as the share of the request's rows that were a success.
 * - `tags`: as of {@link EpsilonGreedy}; `best_branch` is the one with the highest successes / tries, the
 *   first on a tie.
 *
 * With a state store all instances learn together. With a `seed` the draws are part of the state, so that a
 * restored router goes on as if it had never been interrupted; every route is a write then.
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

  /**
   * @throws SeldonError MICROSERVICE_BAD_DATA when `routing` is no branch, or `reward` is not from 0 to 1.
   */
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
