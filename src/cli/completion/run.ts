import { UserError } from '../../bundle/user-error.ts';
import type { ListedCommand } from '../commands/index.ts';
import { FILES, possibilities } from './possibilities.ts';
import { SCRIPTS } from './scripts.ts';

/** @throws UserError naming the shells. */
export function printScript([shell = '', ...surplus]: readonly string[]): void {
  const script = surplus.length === 0 ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    const got = [shell, ...surplus].join(' ');
    throw new UserError(`expected one of ${Object.keys(SCRIPTS).join(', ')}, got "${got}"`);
  }
  process.stdout.write(script);
}

/** Answers the script of a shell. */
export async function printPossibilities(
  typed: readonly string[],
  commands: readonly ListedCommand[],
): Promise<void> {
  for (const each of await possibilities(typed, commands)) {
    console.log(each === FILES ? FILES : each.join('\t').replaceAll('\n', ' '));
  }
}
