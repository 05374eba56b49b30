import type { NdArray } from 'seldon-lambda';
import { badData } from './errors.ts';
import { integerFrom, numberFrom } from './parameters.ts';

/** The experience of a bandit with its branches: lists by branch. */
export interface BranchCounts {
  readonly success: number[];
  readonly tries: number[];
  /** The values that each branch has had, oldest first; undefined where they are not recorded. */
  readonly history: number[][] | undefined;
}

/** The counts of `branches` branches before the first try. */
export function untried(branches: number, keepsHistory: boolean): BranchCounts {
  const zeros = () => new Array<number>(branches).fill(0);
  return { success: zeros(), tries: zeros(), history: keepsHistory ? zeros().map(() => []) : undefined };
}

/**
 * Counts a feedback: `reward`, 0..1, is the share of the request's rows that were a success.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when `routing` is not a branch, or `reward` not from 0 to 1.
 */
export function countFeedback(
  counts: BranchCounts,
  features: NdArray,
  reward: number,
  routing: number | undefined,
): void {
  const last = counts.tries.length - 1;
  if (!integerFrom(0, last).accepts(routing)) {
    const found = routing === undefined ? 'has no entry' : `is ${routing}`;
    throw badData(`response.meta.routing ${found} for this unit; expected a branch from 0 to ${last}`);
  }
  if (!numberFrom(0, 1).accepts(reward)) {
    throw badData(`reward is ${reward}; expected a number from 0 to 1`);
  }
  const rows = rowsOf(features);
  counts.success[routing] += Math.round(reward * rows);
  counts.tries[routing] += rows;
  counts.history?.[routing].push(branchValues(counts)[routing]);
}

/** Successes / tries of each branch; 0 for a branch without a try. */
export function branchValues({ success, tries }: BranchCounts): number[] {
  return tries.map((count, branch) => (count === 0 ? 0 : success[branch] / count));
}

/** The tags of a bandit: lists by branch or, with names, objects by name. */
export function branchTags(
  counts: BranchCounts,
  bestBranch: number,
  names: readonly string[] | undefined,
): Record<string, unknown> {
  const byBranch = <T>(list: readonly T[]): readonly T[] | Record<string, T> =>
    names === undefined ? [...list] : Object.fromEntries(names.map((name, branch) => [name, list[branch]]));
  return {
    branch_success: byBranch(counts.success),
    branch_tries: byBranch(counts.tries),
    branch_values: byBranch(branchValues(counts)),
    best_branch: names?.[bestBranch] ?? bestBranch,
    ...(counts.history && { history: byBranch(counts.history.map((values) => [...values])) }),
  };
}

/** Counts one prediction where there is no batch: no features, or a single row without an axis of its own. */
function rowsOf({ shape }: NdArray): number {
  return shape.length < 2 || shape.includes(0) ? 1 : shape[0];
}
