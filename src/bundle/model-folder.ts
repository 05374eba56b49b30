import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { UserError } from './user-error.ts';

/**
 * The folder of a project's models, relative to it: `modelFolder` in serverless.yml; default `models`.
 *
 * @throws UserError when serverless.yml is not YAML, or the folder is not a text.
 */
export function modelFolderOf(project: string): string {
  return checkModelFolder(readSettings(project).modelFolder);
}

/**
 * The members of a project's serverless.yml, its variables as they are written; none without one.
 *
 * @throws UserError when it is not YAML.
 */
export function readSettings(project: string): Readonly<Record<string, unknown>> {
  const file = join(project, 'serverless.yml');
  // Serverless's own tags, as !Ref, need not be known here.
  const document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '', { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new UserError(`serverless.yml cannot be read: ${error.message.split('\n')[0]}`);
  }
  return Object(document.toJS()) as Record<string, unknown>;
}

/** `modelFolder` as it stands in serverless.yml, checked, or its default. */
export function checkModelFolder(folder: unknown = 'models'): string {
  if (typeof folder !== 'string') {
    throw new UserError(`modelFolder is ${JSON.stringify(folder)}; expected a path from serverless.yml`);
  }
  return folder;
}
