import { realpathSync } from 'node:fs';
import { LIBRARY } from '../bundle/own-code.ts';
import { managerOf } from './package-manager.ts';

/** The commands that package.json has a script for. */
const SCRIPTS = ['new', 'package', 'contract', 'batch'];

/**
 * A command as the user calls it: `npm run package -- --s3` in a clone, `npx seldon-lambda package --s3` in a
 * project.
 *
 * @param name - empty for the program itself. @param rest - arguments and options.
 */
export function commandLine(name: string, rest: string): string {
  if (!isClone(process.cwd())) {
    return join(managerOf(process.cwd()).execute, 'seldon-lambda', name, rest);
  }
  const dashes = rest === '' ? '' : '--';
  if (name === 'start') {
    return join('npm start', dashes, rest);
  }
  return SCRIPTS.includes(name)
    ? join('npm run', name, dashes, rest)
    : join('node src/cli/bin.js', name, rest);
}

function join(...words: readonly string[]): string {
  return words.filter((word) => word !== '').join(' ');
}

/** Whether a project is this package itself, and not one that has it installed. */
export function isClone(project: string): boolean {
  return realpathSync(LIBRARY) === realpathSync(project);
}
