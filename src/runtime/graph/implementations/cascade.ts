import { graphError } from '../../graph-error.ts';
import { createOnce } from '../../once.ts';
import { readParameters } from '../../unit/parameters.ts';
import { type Condition, readCondition } from '../conditions/condition.ts';
import { jsonOf } from '../conditions/json-of.ts';
import { failedAt } from '../failure.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/**
 * Asks one child after the other, each with the same message, as long as the condition of the child that has
 * answered holds for its answer: the parameter of its place, `0`, `1`, ... The last answer counts.
 */
export const cascade: Implementation = {
  open(name, { parameters }, { wire }) {
    const conditions = createOnce<readonly Condition[]>();
    return {
      call: noCall,
      async pass(children, send) {
        const all = await conditions(async () => toConditions(await readParameters(parameters)));
        const [first, ...others] = children as [(typeof children)[number], ...typeof children];
        let route = 0;
        let flow = await send(first);
        for (const next of others) {
          const json = await jsonOf(flow, wire).catch(notJson(name, route));
          if (!all[route]?.(json)) {
            break;
          }
          route++;
          flow = await send(next);
        }
        return { flow, route };
      },
    };
  },
};

/** Checked when the graph was packaged. */
function toConditions(parameters: Readonly<Record<string, unknown>>): Condition[] {
  return Object.keys(parameters).map((_, place) => readCondition(parameters[place] as string));
}

function notJson(name: string, child: number): (cause: unknown) => never {
  return (cause) => {
    const words = `the answer of child ${child} is not JSON, in which ${name} looks`;
    throw failedAt(name, graphError('GRAPH_BAD_ANSWER', words, { cause }));
  };
}
