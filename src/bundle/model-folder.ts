import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The folder of a project's models, relative to it: `modelFolder` in serverless.yml; default `models`. */
export function modelFolderOf(project: string): string {
  const file = join(project, 'serverless.yml');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // Serverless's own tags, as !Ref, need not be known here.
  const settings: unknown = parse(text, { logLevel: 'silent' });
  const { modelFolder } = Object(settings) as { modelFolder?: unknown };
  return typeof modelFolder === 'string' ? modelFolder : 'models';
}
