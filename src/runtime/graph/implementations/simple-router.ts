import type { Implementation } from './implementation.ts';
import { noCall } from './no-call.ts';

/** Chooses the first child. */
export const simpleRouter: Implementation = {
  open: () => ({ call: noCall, choose: () => 0 }),
};
