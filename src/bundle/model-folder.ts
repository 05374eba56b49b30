import { readSettings } from './settings.ts';
import { UserError } from './user-error.ts';

/**
 * The folder of a project's models, relative to it: `modelFolder` in serverless.yml; default `models`.
 *
 * @throws UserError when serverless.yml is not YAML, or the folder is not a text.
 */
export function modelFolderOf(project: string): string {
  return checkModelFolder(readSettings(project).modelFolder);
}

/** `modelFolder` as it stands in serverless.yml, checked, or its default. */
export function checkModelFolder(folder: unknown = 'models'): string {
  if (typeof folder !== 'string') {
    throw new UserError(`modelFolder is ${JSON.stringify(folder)}; expected a path from serverless.yml`);
  }
  return folder;
}
