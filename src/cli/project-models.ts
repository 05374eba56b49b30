import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelFolderOf } from '../bundle/model-folder.ts';
import { modelsIn } from '../bundle/model-sources.ts';
import { filesOf } from '../deploy/project/models.ts';
import { listedModels } from './yaml-list.ts';

/**
 * The model files of a project, absolute, by name: of the models that serverless.yml lists, or else all in
 * the folder of models.
 *
 * @throws UserError when a listed model has no file, or there is no model at all.
 */
export function modelsOf(project: string): Record<string, string> {
  const folder = join(project, modelFolderOf(project));
  const settings = join(project, 'serverless.yml');
  const listed = existsSync(settings) ? listedModels(readFileSync(settings, 'utf8')) : [];
  if (listed.length === 0) {
    return modelsIn(folder);
  }
  return filesOf(listed, folder);
}
