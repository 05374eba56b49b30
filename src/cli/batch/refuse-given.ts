import { UserError } from '../../bundle/user-error.ts';
import { OPTIONS, type OptionName } from './options.ts';

/**
 * Refuses options that would be ignored.
 *
 * @param isGiven - whether the user has typed an option. @param why - the reason, as a clause.
 * @throws UserError naming the first one.
 */
export function refuseGiven(
  names: readonly OptionName[],
  isGiven: (name: OptionName) => boolean,
  why: string,
): void {
  const found = names.find(isGiven);
  if (found !== undefined) {
    const [long = found] = /--[\w-]+/.exec(OPTIONS[found].flags) ?? [];
    throw new UserError(`${long}: ${why}`);
  }
}
