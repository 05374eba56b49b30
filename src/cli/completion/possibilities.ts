import { Command, type Option } from 'commander';
import type { ListedCommand } from '../commands/index.ts';
import { SCRIPTS } from './scripts.ts';

/** Continuations of a command line: words with their meanings, or the names of files. */
export type Possibility = readonly [word: string, meaning: string] | typeof FILES;

/** The names of files, which the shell knows. */
export const FILES = ':files';

const TYPES = ['MODEL', 'ROUTER', 'TRANSFORMER', 'COMBINER'];

/** The values of options, by command and option. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'init --type': TYPES,
  'new --type': TYPES,
  'package --arch': ['arm64', 'x64'],
  'contract --endpoint': [
    'predict',
    'transform-input',
    'transform-output',
    'route',
    'aggregate',
    'send-feedback',
  ],
};

/** The commands whose arguments are files or folders. */
const TAKE_FILES = ['init', 'contract'];

/**
 * Lists all that can stand in the place of the last word.
 *
 * @param typed - the words after the program's name; the last one is not complete, and may be empty.
 */
export async function possibilities(
  typed: readonly string[],
  commands: readonly ListedCommand[],
): Promise<readonly Possibility[]> {
  const { before, current, start } = split(typed);
  const listed = commands.filter(({ isHidden }) => !isHidden);
  const asked = listed.find(({ name }) => before.includes(name));
  const all =
    asked === undefined ? ofProgram(current, before, listed) : await ofCommand(asked, before, current);
  const fitting = all.filter((each) => each === FILES || each[0].startsWith(current));
  return start === ''
    ? fitting
    : fitting.flatMap((each) => (each === FILES ? [] : [[start + each[0], each[1]]]));
}

/** The words, of which the last one is not complete. */
interface Typed {
  readonly before: readonly string[];
  readonly current: string;
  /** The part of the last word that stands before `current`, as `--arch=`. */
  readonly start: string;
}

/** bash makes three words of `--arch=x64`, and other shells one. */
function split(typed: readonly string[]): Typed {
  const isOpen = typed.at(-1) === '=';
  const words = [...typed.filter((word) => word !== '='), ...(isOpen ? [''] : [])];
  const [before, last = ''] = [words.slice(0, -1), words.at(-1)];
  const [, option, value] = /^(--[^=]+)=(.*)$/.exec(last) ?? [];
  return option === undefined || value === undefined
    ? { before, current: last, start: '' }
    : { before: [...before, option], current: value, start: `${option}=` };
}

function ofProgram(
  current: string,
  before: readonly string[],
  listed: readonly ListedCommand[],
): readonly Possibility[] {
  const names = listed.map(({ name, summary }) => [name, summary] as const);
  if (before.includes('help')) {
    return names;
  }
  return current.startsWith('-')
    ? [
        ['--help', 'this text'],
        ['--version', 'the version of this package'],
      ]
    : [...names, ['help', 'Shows the help of a command.']];
}

async function ofCommand(
  { name, load }: ListedCommand,
  before: readonly string[],
  current: string,
): Promise<readonly Possibility[]> {
  const command = new Command(name);
  (await load()).configure(command, []);
  const option = command.options.find((each) => each.required && isNamed(each, before.at(-1)));
  if (option !== undefined) {
    return valuesOf(name, option);
  }
  if (current.startsWith('-')) {
    const options = command.options.map(
      ({ long, short, description }) => [long ?? short ?? '', description] as const,
    );
    return [...options, ['--help', 'this text']];
  }
  if (name === 'completion') {
    return Object.keys(SCRIPTS).map((shell) => [shell, '']);
  }
  return TAKE_FILES.includes(name) ? [FILES] : [];
}

function valuesOf(command: string, option: Option): readonly Possibility[] {
  const values = VALUES[`${command} ${option.long}`];
  if (values !== undefined) {
    return values.map((value) => [value, '']);
  }
  return /<(file|folder)>/.test(option.flags) ? [FILES] : [];
}

function isNamed({ long, short }: Option, word: string | undefined): boolean {
  return word !== undefined && (word === long || word === short);
}
