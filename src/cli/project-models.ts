import { join } from 'node:path';
import { modelFolderOf } from '../bundle/model-folder.ts';
import { modelsIn } from '../bundle/model-sources.ts';
import { readSettings } from '../bundle/settings.ts';
import { filesOf, modelEntries } from '../deploy/project/models.ts';

/**
 * The model files of a project, absolute, by name: of the models that serverless.yml lists, or else all in
 * the folder of models. A list that serverless makes of variables (`${...}`) is not known here.
 *
 * @throws UserError when the list is wrong, a listed model has no file, or there is no model at all.
 */
export function modelsOf(project: string): Record<string, string> {
  const folder = join(project, modelFolderOf(project));
  const { models } = readSettings(project);
  if ((models ?? undefined) === undefined || (typeof models === 'string' && models.includes('${'))) {
    return modelsIn(folder);
  }
  return filesOf(
    modelEntries(models).map(([name]) => name),
    folder,
  );
}
