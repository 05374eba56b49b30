import { styleText } from 'node:util';
import { Command, type Help, type Option } from 'commander';
import { UserError } from '../bundle/user-error.ts';
import { commandLine } from './command-line.ts';
import { ownPackage } from './own-package.ts';

/** Exit code when something else has failed. */
export const FAILED = 1;
/** Exit code when the user has to correct something. */
export const USER_ERROR = 2;
/** The width of a help that goes into a file or a pipe. */
const WIDTH = 110;

/** Makes the program without its commands: the style of help and errors, which its commands inherit. */
export function createProgram(): Command {
  return (
    new Command('seldon-lambda')

      .usage('<command> [options]')
      .description('Serves a machine-learning model, written as a class, as AWS Lambda functions.')
      .version(ownPackage().version, '-V, --version', 'the version of this package')
      .helpOption('-h, --help', 'this text')
      .helpCommand('help [command]', 'Shows the help of a command.')
      .configureHelp({ commandUsage, optionDescription, styleTitle })
      .enablePositionalOptions()
      .configureOutput({
        getOutHelpWidth: () => process.stdout.columns ?? WIDTH,
        getErrHelpWidth: () => process.stderr.columns ?? WIDTH,
        outputError: (text, write) => write(toSentence(text)),
      })
      // Throws, so that main() sets the exit code.
      .exitOverride()
      .showSuggestionAfterError()
  );
}

/** How the user calls it, who may have done so by npm. */
function commandUsage(command: Command): string {
  const name = command.parent === null ? '' : command.name();
  return commandLine(name, command.usage());
}

function optionDescription(this: Help, { description, defaultValue, envVar }: Option): string {
  const value = typeof defaultValue === 'string' ? ` (default: ${defaultValue})` : '';
  return `${description}${value}${envVar === undefined ? '' : ` [${envVar}]`}`;
}

/** Commander takes the style away where the output has no colours. */
function styleTitle(text: string): string {
  return styleText('bold', text);
}

/** Commander's "error: unknown option '--x'\n(Did you mean --y?)", as one line like our own errors. */
function toSentence(text: string): string {
  const line = text.replace(/^error: /, '').replace(/\n(?=.)/g, ' ');
  return line.charAt(0).toUpperCase() + line.slice(1);
}

/** Adds examples, as the user would type them, and the meaning of the exit codes to a command's help. */
export function addNotes(
  command: Command,
  examples: readonly string[],
  exitCodes = `0 done, ${USER_ERROR} the command, or a file that it reads, has to be corrected`,
): void {
  const lines = examples.map((example) => `  ${commandLine(command.name(), example)}`);
  command.addHelpText(
    'after',
    `\n${styleTitle('Examples:')}\n${lines.join('\n')}\n\nExit code: ${exitCodes}.`,
  );
}

/** Collects the values of an option that may be repeated. */
export function repeated(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** Refuses arguments, and names the first one. */
export function noArguments(command: Command): void {
  command.allowExcessArguments().hook('preAction', (_this, { args: [first] }) => {
    if (first !== undefined) {
      throw new UserError(`Unexpected argument '${first}'; expected options only`);
    }
  });
}
