import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { readSettings } from '../bundle/settings.ts';
import { UserError } from '../bundle/user-error.ts';
import { isClone } from './command-line.ts';
import { missingPlugins } from './plugins.ts';

/** Files that a folder of its own has, and one within a project has not. */
const OF_PROJECTS = ['package.json', 'serverless.yml'];

/**
 * The folder of the project: the working folder.
 *
 * @throws UserError when that is a folder within a project, such as the one of its models.
 */
export function workingProject(): string {
  const working = process.cwd();
  const project = nearestProject(working);
  if (project !== undefined && project !== working && isOurs(project)) {
    throw new UserError(
      `${working} is a folder of the project ${project}: run the command there, cd ${relative(working, project)}`,
    );
  }
  return working;
}

function nearestProject(folder: string): string | undefined {
  if (OF_PROJECTS.some((file) => existsSync(join(folder, file)))) {
    return folder;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestProject(parent);
}

/** Whether a folder is a project of this package; of another file than YAML, only serverless knows. */
function isOurs(project: string): boolean {
  try {
    return isClone(project) || !missingPlugins(readSettings(project)).includes('seldon-lambda/serverless');
  } catch (error) {
    if (error instanceof UserError) {
      return false;
    }
    throw error;
  }
}
