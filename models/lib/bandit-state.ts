import type { BranchCounts } from './branches.ts';
import { badParameter } from './errors.ts';
import type { SeededRandom } from './seeded-random.ts';

/** The stored state of a bandit. `random` only with a seed; without one each instance has its own numbers. */
export interface BanditState {
  readonly counts: BranchCounts;
  readonly bestBranch: number;
  readonly random?: number;
}

/** A bandit's state as data. */
export function toBanditState(
  counts: BranchCounts,
  bestBranch: number,
  random: SeededRandom | undefined,
): BanditState {
  return { counts, bestBranch, ...(random && { random: random.state }) };
}

/**
 * The counts of a stored state, for a router of `branches` branches.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the state is of a router with another number of
 *   branches.
 */
export function storedCounts(state: BanditState, branches: number, keepsHistory: boolean): BranchCounts {
  const { success, tries, history } = state.counts;
  if (tries.length !== branches) {
    throw badParameter(`the stored state has ${tries.length} branches; parameter n_branches is ${branches}`);
  }
  // A history that was switched on begins here; one that was switched off is dropped.
  return { success, tries, history: keepsHistory ? (history ?? tries.map(() => [])) : undefined };
}
