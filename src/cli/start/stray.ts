import { UserError } from '../../bundle/user-error.ts';
import { nearest } from '../../runtime/nearest.ts';

/**
 * Names that an option has with other servers. serverless takes -p for something else, which does nothing
 * here.
 */
const ELSEWHERE: Readonly<Record<string, string>> = { '--port': '--httpPort', '-p': '--httpPort' };

/**
 * Options that are not of this command are for serverless, which says of others that it does not know them.
 *
 * @param known - the options of this command, as `--graph`.
 * @throws UserError for an argument that is no option, and for a slip in the name of one.
 */
export function refuseStray(args: readonly string[], known: readonly string[]): void {
  for (const [index, arg] of args.entries()) {
    // What follows an option may be its value.
    if (!arg.startsWith('-') && !args[index - 1]?.startsWith('-')) {
      throw new UserError(
        `Unexpected argument '${arg}'; expected options only. A model is chosen by its name: MODEL_NAME=${arg}`,
      );
    }
    const [name = ''] = arg.split('=');
    const slip = name.startsWith('--') ? nearest(name, known) : undefined;
    const meant = known.includes(name) ? undefined : (ELSEWHERE[name] ?? slip);
    if (meant !== undefined) {
      throw new UserError(`Unknown option '${name}' (Did you mean ${meant}?)`);
    }
  }
}
