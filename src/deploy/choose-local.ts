import { resolve } from 'node:path';
import { checkModelFolder } from '../bundle/model-folder.ts';
import { type ChosenModel, chooseModel, pathOf } from '../bundle/model-sources.ts';
import { filesOf, readModels } from './project/models.ts';
import type { Serverless } from './serverless-types.ts';

/** A model that is served on this machine. */
export interface LocalModel {
  readonly name: string;
  /** Its file. */
  readonly file: string;
  /** Of the names of its functions. */
  readonly prefix: string;
  /** The beginning of its paths, such as `/iris`; empty for one model alone. */
  readonly path: string;
}

interface LocalModels extends ChosenModel {
  /** The first one has the plain paths, too. */
  readonly served: readonly LocalModel[];
}

/**
 * The models to serve on this machine: those that serverless.yml lists, of which the first is given as
 * `modelName`; without a list, the one that MODEL_NAME names, or none where a graph is served.
 *
 * @param given - their folder; default: MODEL_DIR, or else the one that serverless.yml says.
 * @throws UserError when one does not exist.
 */
export function chooseLocal(serverless: Serverless, hasGraph: boolean, given?: string): LocalModels {
  const { serviceDir, service, configurationInput: configuration } = serverless;
  const { MODEL_DIR, MODEL_NAME } = process.env;
  if (hasGraph && configuration.models === undefined) {
    return { modelName: '', models: {}, served: [] };
  }
  const folder = resolve(serviceDir, given ?? MODEL_DIR ?? checkModelFolder(configuration.modelFolder));
  if (configuration.models === undefined) {
    const chosen = chooseModel(folder, MODEL_NAME, service.provider.environment.MODEL_NAME);
    const { modelName: name, models } = chosen;
    return { ...chosen, served: [{ name, file: models[pathOf(name)] ?? '', prefix: '', path: '' }] };
  }
  const models = readModels(configuration, serviceDir);
  const files = filesOf(
    models.map(({ name }) => name),
    folder,
  );
  const served = models.map(({ name, slug, prefix }) => ({
    name,
    file: files[pathOf(name)] ?? '',
    prefix,
    path: models.length === 1 ? '' : `/${slug}`,
  }));
  return { modelName: models[0]?.name ?? '', models: files, served };
}
