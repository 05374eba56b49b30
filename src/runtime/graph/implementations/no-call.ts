import type { Called, GraphMethod } from '../bound-unit.ts';

/** The call of a unit that only chooses: a plan has no call of it. */
export async function noCall(method: GraphMethod): Promise<Called> {
  throw new Error(`the unit has no method ${method}`);
}
