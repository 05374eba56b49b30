import { badData, SeldonError } from '../../errors.ts';
import { createOnce } from '../../once.ts';
import { readParameters } from '../../unit/parameters.ts';
import { type Condition, readCondition } from '../conditions/condition.ts';
import { jsonOf } from '../conditions/json-of.ts';
import { failedAt } from '../failure.ts';
import { NONE } from '../routing.ts';
import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/**
 * Chooses the first child whose condition holds for the message: the parameter of its place, `0`, `1`, ...;
 * else the child that the parameter `default` names, or none.
 */
export const switchRouter: Implementation = {
  open(name, { parameters }, { wire }) {
    const cases = createOnce<Cases>();
    return {
      call: noCall,
      async choose({ message, context }) {
        const { conditions, otherwise } = await cases(async () => toCases(await readParameters(parameters)));
        const sent = wire.toRequest?.(message, context.request) ?? message;
        const json = await jsonOf(sent, wire).catch(notJson(name));
        return conditions.find(([, holds]) => holds(json))?.[0] ?? otherwise;
      },
    };
  },
};

/** The conditions of the children, in their order, and the child for all other messages. */
interface Cases {
  readonly conditions: readonly (readonly [child: number, holds: Condition])[];
  readonly otherwise: number;
}

/** Checked when the graph was packaged. */
function toCases({ default: otherwise = NONE, ...others }: Readonly<Record<string, unknown>>): Cases {
  const conditions = Object.entries(others).map(([child, text]): readonly [child: number, Condition] => [
    Number(child),
    readCondition(text as string),
  ]);
  return { conditions: conditions.sort(([a], [b]) => a - b), otherwise: otherwise as number };
}

/** A reader that knows what is wrong says it better. */
function notJson(name: string): (cause: unknown) => never {
  return (cause) => {
    const isKnown = cause instanceof SeldonError;
    throw failedAt(name, isKnown ? cause : badData(`the message is not JSON, in which ${name} looks`, cause));
  };
}
