import type { Config } from '../config.ts';
import type { Metric } from '../model/message.ts';
import { counter } from '../model/metric.ts';
import { isRecord } from '../objects.ts';

/**
 * The reference's two counters of a feedback: one call, and its reward. A reward of 0 counts as no feedback;
 * a negative or non-finite one is no amount that a counter can add.
 *
 * @param feedback - as it was decoded or, for a raw method, as it was sent: then `reward` may be missing, or
 *   a text.
 */
export function rewardMetrics(feedback: unknown, { SELDON_EXECUTOR_ENABLED }: Config): readonly Metric[] {
  const reward = isRecord(feedback) ? Math.fround(Number(feedback.reward ?? 0)) : 0;
  if (!SELDON_EXECUTOR_ENABLED || reward === 0) {
    return [];
  }
  const calls = counter('seldon_api_model_feedback', 1);
  return reward > 0 && Number.isFinite(reward)
    ? [calls, counter('seldon_api_model_feedback_reward', reward)]
    : [calls];
}
