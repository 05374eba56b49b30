import { fileURLToPath } from 'node:url';
import { sharedProcess } from './shared-process.ts';

/** A command of serverless, or of another program that may start it. */
interface Command {
  readonly cwd: string;
  /** A module, absolute or from `cwd`; default: serverless itself. */
  readonly program?: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a command in a process that may have run others before, when those have ended. One process for all test
 * files of this one, as its first command takes as long as the next 15.
 */
export const runServerless = sharedProcess<Command>(() =>
  fileURLToPath(new URL('serverless-process.cjs', import.meta.url)),
);
