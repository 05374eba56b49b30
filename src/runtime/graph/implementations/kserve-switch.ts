import { badData, SeldonError } from '../../errors.ts';
import { graphError } from '../../graph-error.ts';
import { readGjson } from '../conditions/gjson.ts';
import { jsonOf } from '../conditions/json-of.ts';
import { failedAt } from '../failure.ts';
import { readSteps } from '../inference-step.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/** Chooses the first step whose condition holds for the message as it came, as a Switch of KServe does. */
export const kserveSwitch: Implementation = {
  open(name, { parameters }, { wire }) {
    const conditions = readSteps(parameters).map(({ condition = '' }) => readGjson(condition));
    return {
      call: noCall,
      async choose({ message }) {
        const json = await jsonOf(message, wire).catch(notJson(name));
        const found = conditions.findIndex((holds) => holds(json));
        if (found < 0) {
          const words = `no condition of the node ${name} holds for the message`;
          throw failedAt(name, graphError('GRAPH_BAD_ROUTE', words, { status: 404 }));
        }
        return found;
      },
    };
  },
};

/** A reader that knows what is wrong says it better. */
function notJson(name: string): (cause: unknown) => never {
  return (cause) => {
    const isKnown = cause instanceof SeldonError;
    throw failedAt(name, isKnown ? cause : badData(`the message is not JSON, in which ${name} looks`, cause));
  };
}
