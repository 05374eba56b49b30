import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelFolderOf } from '../bundle/model-folder.ts';
import { modelsIn, pathOf } from '../bundle/model-sources.ts';
import { UserError } from '../bundle/user-error.ts';
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
  return Object.fromEntries(
    listed.map((name) => {
      const path = pathOf(name);
      const file = ['ts', 'js', 'mjs'].map((type) => join(folder, `${path}.${type}`)).find(existsSync);
      if (file === undefined) {
        throw new UserError(
          `serverless.yml lists the model ${name}; expected a file ${path}.ts in ${folder}`,
        );
      }
      return [path, file] as const;
    }),
  );
}
