import type { SeldonMessage } from '../runtime/model/message.ts';
import type { Endpoint } from './description.ts';
import { flatArray } from './flat-array.ts';

/** The branch that a router chose: -1 all children, -2 none; undefined for any other answer. */
export function branchOf(message: SeldonMessage | undefined, { path }: Endpoint): number | undefined {
  if (path !== '/route') {
    return undefined;
  }
  const array = flatArray(message?.data);
  const [branch] = array?.values ?? [];
  return array?.values.length === 1 && typeof branch === 'number' ? branch : undefined;
}

/** A branch in words. */
export function describeBranch(branch: number): string {
  if (branch === -1) {
    return 'Goes to all children';
  }
  return branch === -2 ? 'Goes to no child' : `Goes to child ${branch}`;
}
