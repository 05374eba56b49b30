import { SeldonError, toSeldonError } from '../../errors.ts';
import { graphError } from '../../graph-error.ts';
import { infoForCaller } from '../../info-for-caller.ts';
import type { CallContext } from '../../instance/endpoint.ts';
import { decodeText } from '../../json/decode-text.ts';
import { parseJson } from '../../parse-json.ts';
import type { Flow, GraphWire } from '../../protocols/graph-wire.ts';
import { failedAt } from '../failure.ts';
import { type InferenceStep, isSpared, readSteps } from '../inference-step.ts';
import { errorText } from '../outcome.ts';
import { ALL } from '../routing.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/**
 * Sends the message to all steps at the same time, and answers an object with the answer of each under its
 * name, as an Ensemble of KServe does. The error of a step that may fail stands in the place of its answer.
 */
export const kserveEnsemble: Implementation = {
  open(name, { parameters }, { wire }) {
    const steps = readSteps(parameters);
    return {
      call: noCall,
      async pass(children, send, context) {
        const all = await Promise.allSettled(children.map((child) => send(child)));
        const members: string[] = [];
        for (const [place, result] of all.entries()) {
          const step = steps[place] as InferenceStep;
          const text =
            result.status === 'fulfilled'
              ? await textOf(result.value, wire).catch(notJson(name, step))
              : errorOf(name, step, toSeldonError(result.reason), context);
          members.push(`${JSON.stringify(step.name)}:${text}`);
        }
        return { flow: toFlow(`{${members.join()}}`, wire), route: ALL };
      },
    };
  },
};

/** An answer as JSON text. @throws for one that is not JSON. */
async function textOf(answer: Flow, { join }: GraphWire): Promise<string> {
  // A list of one is read and written as for a combiner, bytes of tensors included.
  const { body } = await join([answer]).reply();
  return (typeof body === 'string' ? body : decodeText(body)).slice(1, -1);
}

function notJson(node: string, { name }: InferenceStep): (cause: unknown) => never {
  return (cause) => {
    throw failedAt(node, graphError('GRAPH_BAD_ANSWER', `the answer of step ${name} is not JSON`, { cause }));
  };
}

/** @throws the error of a step that must not fail. */
function errorOf(
  node: string,
  step: InferenceStep,
  error: SeldonError,
  { request, instance }: CallContext,
): string {
  if (!isSpared(step, error)) {
    throw error;
  }
  const { reason, status, message } = error;
  const info = infoForCaller(error, instance.config);
  const body = errorText(info === message ? error : new SeldonError(reason, info, { status }), request);
  const text = typeof body === 'string' ? body : decodeText(body);
  return parseJson(text) === undefined ? notJson(node, step)(error) : text;
}

/** It goes on to the next step as it is: it is no answer of a unit. */
function toFlow(body: string, wire: GraphWire): Flow {
  const headers = { 'content-type': 'application/json' };
  return wire.ofRequest({ method: 'POST', path: '', query: {}, headers, body });
}
