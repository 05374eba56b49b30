import type { Command } from 'commander';

/** The file of a command. It loads what the command needs only when the command runs. */
export interface CommandFile {
  /** Adds arguments, options, help and action. `commands`: all that there are. */
  configure(command: Command, commands: readonly ListedCommand[]): void;
}

/** A command, before its file is loaded. */
export interface ListedCommand {
  readonly name: string;
  /** Its purpose, in one sentence. */
  readonly summary: string;
  /** Left out of the help. Default: false. */
  readonly isHidden?: boolean;
  load(): Promise<CommandFile>;
}

/** All commands, in the order of the help. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'init',
    summary: 'Makes a project with a first model, or makes one of the repository that is there.',
    load: () => import('./init.ts'),
  },
  {
    name: 'new',
    summary: 'Writes a first version of a model class, its contract.json, and a test that passes.',
    load: () => import('./new.ts'),
  },
  {
    name: 'start',
    summary: 'Serves a model on this machine, and loads it again when its files change.',
    load: () => import('./start.ts'),
  },
  {
    name: 'package',
    summary: 'Makes one zip for AWS Lambda: all functions, and your models.',
    load: () => import('./package.ts'),
  },
  {
    name: 'graph',
    summary: 'Says where the units of an inference graph run, or prints its state machine.',
    load: () => import('./graph.ts'),
  },
  {
    name: 'contract',
    summary: 'Sends requests that a contract.json describes to a served model, and checks each answer.',
    load: () => import('./contract.ts'),
  },
  {
    name: 'batch',
    summary: 'Sends each line of a file to a model, and writes an answer for each.',
    load: () => import('./batch.ts'),
  },
  {
    name: 'doctor',
    summary: 'Checks this machine and the project, and says what to do about each thing that is missing.',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'completion',
    summary: 'Prints a script with which bash, zsh or fish completes this command line.',
    load: () => import('./completion.ts'),
  },
  { name: 'complete', summary: '', isHidden: true, load: () => import('./complete.ts') },
];
