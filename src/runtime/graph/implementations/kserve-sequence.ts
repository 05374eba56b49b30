import { toSeldonError } from '../../errors.ts';
import { graphError } from '../../graph-error.ts';
import type { Flow } from '../../protocols/graph-wire.ts';
import { readGjson } from '../conditions/gjson.ts';
import { jsonOf } from '../conditions/json-of.ts';
import { failedAt } from '../failure.ts';
import { type InferenceStep, isSpared, readSteps } from '../inference-step.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/**
 * Sends a message to one step after the other, as a Sequence of KServe does: each gets the message of the
 * node, or the answer of the step before. The last answer counts. It ends early with the last answer when
 * the condition of the next step does not hold for that.
 */
export const kserveSequence: Implementation = {
  open(name, { parameters }, { wire }) {
    const steps = readSteps(parameters).map((step) => ({
      ...step,
      holds: step.condition === undefined ? undefined : readGjson(step.condition),
    }));
    return {
      call: noCall,
      async pass(children, send) {
        let answer: Flow | undefined;
        let route = 0;
        for (const [place, child] of children.entries()) {
          const step = steps[place] as (typeof steps)[number];
          if (step.holds && !step.holds(await jsonOf(answer as Flow, wire).catch(notJson(name, step)))) {
            break;
          }
          route = place;
          answer = await send(child, step.takesAnswer ? answer : undefined).catch((thrown) => {
            if (isSpared(step, toSeldonError(thrown))) {
              return undefined;
            }
            throw thrown;
          });
        }
        // Nothing is spared before a step that looks at its answer, nor at the end.
        return { flow: answer as Flow, route };
      },
    };
  },
};

function notJson(node: string, { name }: InferenceStep): (cause: unknown) => never {
  return (cause) => {
    const words = `the answer before step ${name} is not JSON, in which its condition looks`;
    throw failedAt(node, graphError('GRAPH_BAD_ANSWER', words, { cause }));
  };
}
