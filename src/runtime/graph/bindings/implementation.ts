import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import type { Code } from '../implementations/implementation.ts';
import { implementations } from '../implementations/index.ts';
import type { UnitPlan } from '../plan.ts';
import { NONE } from '../routing.ts';
import { asSpan, keyAt } from '../walk.ts';

/** Opens a unit that is code of this package. */
export async function openImplementation(
  name: string,
  plan: UnitPlan,
  host: BindingHost,
): Promise<BoundUnit> {
  const { open } = await implementations.of(plan.target.replace(/^implementation:/, ''));
  const code = open(name, plan, host);
  const isRouter = (code.choose ?? code.pass) !== undefined;
  return {
    where: 'implementation',
    labels: undefined,
    prepare: async () => undefined,
    call: code.call,
    ...(isRouter && { pass: passBy(code) }),
  };
}

/** A router is a span, as one that is a class is, though nothing is called. */
function passBy({ choose, pass }: Code): NonNullable<BoundUnit['pass']> {
  return (walk, node, message, send) => {
    const { children } = node;
    const run = async () => {
      if (pass !== undefined) {
        return pass(children, send, walk.context);
      }
      const route = (await choose?.({ key: keyAt(walk, node), message, context: walk.context })) ?? NONE;
      const child = children[route];
      return { flow: child === undefined ? message : await send(child), route };
    };
    return asSpan(walk, node, run, ({ route }) => route);
  };
}
