import { type SeldonError, toSeldonError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import { stringify, toJsonValue } from '../json/write-json.ts';
import type { Outcome } from '../pipeline/outcome.ts';
import { protocols } from '../protocols/index.ts';
import { answeredFailure, canSayWhy, passedHeaders } from './answered-failure.ts';
import type { BindingHost, Called, UnitCall } from './bound-unit.ts';

/**
 * The message of a response of a model.
 *
 * @throws SeldonError for one that is not 200: for a graph it is an error, as for the executor.
 */
export function fromOutcome({ response, metrics }: Outcome, { wire }: BindingHost): Called {
  const { status, body, headers } = response;
  if (status !== 200) {
    throw answeredFailure(response);
  }
  const type = headers['content-type'];
  return {
    flow: wire.ofReply({ body, ...(type !== undefined && { headers: { 'content-type': type } }) }),
    metrics,
  };
}

/**
 * Makes of an error of a model what the graph would get from the model's own function: one of status 200 is
 * an answer, as a `modelErrorHandler` may give it.
 *
 * @throws SeldonError for any other status.
 */
export function fromThrown(thrown: unknown, { context }: UnitCall, { wire }: BindingHost): Called {
  const error = toSeldonError(thrown);
  const { status, headers } = error;
  if (status === 200) {
    return { flow: wire.ofReply({ body: errorText(error, context.request) }), metrics: [] };
  }
  throw canSayWhy(status)
    ? error.with({ headers: passedHeaders(Object(headers)) })
    : answeredFailure({ status, headers: Object(headers), body: '' });
}

/** The body of an error as its answer has it. `request`: whose protocol it is answered in. */
export function errorText(error: SeldonError, request: HttpRequest): string | Uint8Array {
  const { body } = error;
  if (body == null) {
    return protocols.of(request).encodeError(error).body;
  }
  return body instanceof Uint8Array ? body : stringify(toJsonValue(body, 'the error'));
}
