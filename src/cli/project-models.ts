import { join } from 'node:path';
import { modelFolderOf } from '../bundle/model-folder.ts';
import { modelsIn } from '../bundle/model-sources.ts';
import { readSettings, type Settings } from '../bundle/settings.ts';
import { filesOf, modelEntries, readModels } from '../deploy/project/models.ts';

/**
 * The model files of a project, absolute, by name: of the models that serverless.yml lists, or else all in
 * the folder of models. A list that serverless makes of variables (`${...}`) is not known here.
 *
 * @throws UserError when the list is wrong, a listed model has no file, or there is no model at all.
 */
export function modelsOf(project: string): Record<string, string> {
  const folder = join(project, modelFolderOf(project));
  const models = listIn(readSettings(project));
  return models === undefined
    ? modelsIn(folder)
    : filesOf(
        modelEntries(models).map(([name]) => name),
        folder,
      );
}

/**
 * The names of the models that serverless.yml lists; undefined when it lists none.
 *
 * @throws UserError when the list is wrong.
 */
export function namesOf(project: string): string[] | undefined {
  const models = listIn(readSettings(project));
  return models === undefined ? undefined : modelEntries(models).map(([name]) => name);
}

/**
 * Looks at the list of models as a deployment does.
 *
 * @param settings - those of the project, or what they are going to be.
 * @throws UserError when MODEL_NAME is not in it, or two models would have one path.
 */
export function checkList(project: string, settings = readSettings(project)): void {
  const models = listIn(settings);
  const entries = models === undefined ? [] : modelEntries(models);
  // Variables (`${...}`) are not known here.
  if (entries.length > 0 && entries.every(([, { path = '' }]) => !`${path}`.includes('${'))) {
    readModels({ models: Object.fromEntries(entries) }, project);
  }
}

/** `models` in serverless.yml; undefined when there is none, or when serverless makes it of variables. */
function listIn({ models }: Settings): unknown {
  return typeof models === 'string' && models.includes('${') ? undefined : (models ?? undefined);
}
