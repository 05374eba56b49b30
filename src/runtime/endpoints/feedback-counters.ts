import type { Config } from '../config.ts';
import type { Metric } from '../model/message.ts';
import { counter } from '../model/metric.ts';
import { isRecord } from '../objects.ts';

/**
 * The reference's two counters for a feedback: one for the call, one for its reward. A feedback with a reward
 * of 0 is not counted. If the reward is negative or not finite, only the call is counted, because a counter
 * cannot add such a reward.
 *
 * @param feedback - decoded; for a raw method, as it was sent: then `reward` may be missing, or may be text.
 */
export function rewardMetrics(feedback: unknown, { SELDON_EXECUTOR_ENABLED }: Config): readonly Metric[] {
  const reward = isRecord(feedback) ? Math.fround(toNumber(feedback.reward)) : 0;
  if (!SELDON_EXECUTOR_ENABLED || reward === 0) {
    return [];
  }
  const calls = counter('seldon_api_model_feedback', 1);
  return reward > 0 && Number.isFinite(reward)
    ? [calls, counter('seldon_api_model_feedback_reward', reward)]
    : [calls];
}

/** Reads a reward that nobody has checked; a value that is neither a number nor text counts as NaN. */
function toNumber(reward: unknown): number {
  return typeof reward === 'object' && reward !== null ? Number.NaN : Number(reward ?? 0);
}
