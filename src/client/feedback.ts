import type { SeldonMessage } from '../runtime/model/message.ts';
import { type Input, type MessageOptions, toMessage } from './input.ts';

/** A feedback, from which a model learns. */
export interface FeedbackInput {
  /** The request that was made. */
  readonly request?: Input | undefined;
  /** Its answer. */
  readonly response?: Input | undefined;
  /** How good the answer was. */
  readonly reward?: number | undefined;
  /** The answer as it should have been. */
  readonly truth?: Input | undefined;
  /** Which child each router chose, by the id of its unit; where the answer does not have it. */
  readonly routing?: Readonly<Record<string, number>> | undefined;
}

/**
 * Makes the message of a feedback.
 *
 * @throws TypeError for a part that is not an input.
 */
export function toFeedback(
  { request, response, reward, truth, routing }: FeedbackInput,
  options: MessageOptions,
): unknown {
  if (reward !== undefined && !Number.isFinite(reward)) {
    throw new TypeError('reward: expected a finite number');
  }
  const part = (input: Input | undefined, name: string) => input && toMessage(input, options, name);
  return {
    request: part(request, 'request'),
    response: withRouting(part(response, 'response'), routing),
    reward,
    truth: part(truth, 'truth'),
  };
}

function withRouting(
  response: SeldonMessage | undefined,
  routing: FeedbackInput['routing'],
): SeldonMessage | undefined {
  if (routing === undefined) {
    return response;
  }
  const { meta } = response ?? {};
  return { ...response, meta: { ...meta, routing: { ...meta?.routing, ...routing } } };
}
