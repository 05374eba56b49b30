import type { RememberedAnswer } from '../state/envelope.ts';
import type { Remembering } from '../state/state-writer.ts';
import type { Outcome } from './outcome.ts';

/**
 * Remembers a call's answer under its Idempotency-Key, in the same write as the change of the state. A repeat
 * gets the same answer and changes nothing. Undefined without a key.
 */
export function rememberUnder(idempotencyKey: string | undefined): Remembering<Outcome> | undefined {
  if (idempotencyKey === undefined) {
    return undefined;
  }
  return {
    recall(answers) {
      const answer = answers.find(({ key }) => key === idempotencyKey);
      return answer && toOutcome(answer);
    },
    toAnswer: ({ response: { status, headers, body } }) => ({
      key: idempotencyKey,
      status,
      contentType: headers['content-type'] ?? '',
      headers,
      body,
    }),
  };
}

/** Restores an outcome, without metrics: a repeat does not count the model's metrics again. */
function toOutcome({ status, contentType, headers, body }: RememberedAnswer): Outcome {
  return { response: { status, headers: headers ?? { 'content-type': contentType }, body }, metrics: [] };
}
