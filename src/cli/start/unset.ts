import { join } from 'node:path';
import { readText } from '../../bundle/read-text.ts';
import { parseSettings } from '../../bundle/settings.ts';
import { UserError } from '../../bundle/user-error.ts';
import { commandLine, isClone } from '../command-line.ts';
import { missingPlugins } from '../plugins.ts';

/** Other files that serverless reads; the commands do not know what is in them. */
const OTHERS = ['yaml', 'json', 'js', 'cjs', 'mjs', 'ts', 'cts', 'mts'];

/**
 * Without the plugins, serverless does nothing, and says nothing.
 *
 * @throws UserError when a project has no serverless.yml, or does not have the plugins in it.
 */
export function refuseUnset(project: string): void {
  const text = readText(join(project, 'serverless.yml'));
  if (text === undefined) {
    if (OTHERS.every((type) => readText(join(project, `serverless.${type}`)) === undefined)) {
      throw new UserError(`there is no serverless.yml in ${project}; ${commandLine('init', '')} writes one`);
    }
    return;
  }
  const [missing] = isClone(project) ? [] : missingPlugins(parseSettings(text));
  if (missing !== undefined) {
    const remedy = commandLine('doctor', '--fix');
    throw new UserError(`plugins in serverless.yml does not have ${missing}; ${remedy} adds it`);
  }
}
