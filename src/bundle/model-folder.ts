import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, parseDocument } from 'yaml';

/** The folder of a project's models, relative to it: `modelFolder` in serverless.yml; default `models`. */
export function modelFolderOf(project: string): string {
  const file = join(project, 'serverless.yml');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  // Tags of CloudFormation, as !Ref, need not be known here; and others say what is wrong with the file.
  const document = parseDocument(text, { logLevel: 'silent' });
  const modelFolder: unknown = isMap(document.contents) ? document.get('modelFolder') : undefined;
  return typeof modelFolder === 'string' ? modelFolder : 'models';
}
