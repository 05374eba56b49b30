/** A route that stands for all children, and one for none. */
export const ALL = -1;
export const NONE = -2;

/** Which child each unit has called, so far and in one branch of the tree. */
export type Routing = Record<string, number>;

/** Makes a routing; a unit may have any name. */
export function noRouting(): Routing {
  return Object.create(null);
}
