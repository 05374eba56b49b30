import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { checkModelFolder } from '../bundle/model-folder.ts';
import { type ChosenModel, chooseModel, pathOf, refuseExample } from '../bundle/model-sources.ts';
import { type PackageOptions, packageModels } from '../bundle/package.ts';
import { readText } from '../bundle/read-text.ts';
import { UserError } from '../bundle/user-error.ts';
import { loadGraph } from '../graph/load-graph.ts';
import { graphOf, projectOf } from './graph/graph-of.ts';
import { packageGraph } from './graph/package-graph.ts';
import { handlersOf } from './handlers-of.ts';
import { filesOf, readModels } from './project/models.ts';
import type { Serverless } from './serverless-types.ts';

/**
 * Makes the zip that serverless.yml names, before serverless looks for it. It gets the models of the last
 * `npm run package` if the model to serve is among them, or else the model that MODEL_NAME names; or the
 * graph, with the classes of its units.
 *
 * In the configuration this changes MODEL_NAME, and nothing else. A zip that was not made here is left as it
 * is.
 *
 * @throws UserError when several models were packaged, and nothing says which one to serve.
 */
export async function refreshZip(serverless: Serverless): Promise<void> {
  const { serviceDir: root, service } = serverless;
  const out = zipOf(serverless);
  const { architecture, environment } = service.provider;
  const wanted = {
    root,
    out,
    architecture: architecture === 'x86_64' ? 'x64' : 'arm64',
    hasModelUri: Boolean(environment.MODEL_URI),
    handlers: handlersOf(serverless),
  } as const;
  const source = graphOf(serverless);
  const chosen = modelsFor(serverless);
  if (source !== undefined && existsSync(join(root, out)) && lastPackage(root) === undefined) {
    return;
  }
  if (source !== undefined) {
    const loaded = await loadGraph(source, projectOf(serverless));
    const last = lastPackage(root);
    const { graph, warnings } = await packageGraph(root, loaded, last?.external);
    for (const warning of warnings) {
      console.warn(`warning: ${warning}`);
    }
    const models = { ...chosen?.models, ...loaded.models };
    await packageAndWarn({ ...wanted, ...last, models, modelNames: chosen?.modelNames, graph });
    return;
  }
  if (chosen === undefined) {
    return;
  }
  const { modelName, ...contents } = chosen;
  environment.MODEL_NAME = modelName;
  await packageAndWarn({ ...wanted, modelNames: [modelName], ...contents });
}

async function packageAndWarn(options: PackageOptions): Promise<void> {
  const { warnings } = await packageModels(options);
  for (const warning of warnings) {
    console.warn(`warning: ${warning}`);
  }
}

/** As {@link contentsFor}; undefined as well where a graph is served, and no model by itself. */
export function modelsFor(serverless: Serverless): Contents | undefined {
  const isGraphAlone =
    graphOf(serverless) !== undefined && serverless.configurationInput.models === undefined;
  return isGraphAlone ? undefined : contentsFor(serverless);
}

/** The zip that serverless.yml names, relative to its folder. */
function zipOf({ service }: Pick<Serverless, 'service'>): string {
  return service.package.artifact ?? 'dist/model.zip';
}

/**
 * The model to serve, or the first of several, and the contents of the zip; undefined for a zip that was not
 * made here. The models are those that serverless.yml lists, if it does.
 *
 * @throws UserError as {@link refreshZip}.
 */
function contentsFor(serverless: Serverless): Contents | undefined {
  const { serviceDir, configurationInput: configuration, service } = serverless;
  const out = zipOf(serverless);
  if (configuration.models === undefined) {
    return chooseContents(serviceDir, out, service.provider.environment.MODEL_NAME);
  }
  const last = lastPackage(serviceDir);
  if (last === undefined && existsSync(join(serviceDir, out))) {
    return undefined;
  }
  const modelNames = readModels(configuration, serviceDir).map(({ name }) => name);
  return {
    ...last,
    modelName: modelNames[0] ?? '',
    modelNames,
    models: filesOf(modelNames, join(serviceDir, checkModelFolder(configuration.modelFolder))),
  };
}

type Contents = ChosenModel & Partial<LastPackage> & Pick<PackageOptions, 'modelNames'>;

/**
 * The same without a list of models, of which one is served.
 *
 * @param out - the zip. @param preferred - MODEL_NAME as serverless.yml has it.
 * @throws UserError as {@link refreshZip}.
 */
export function chooseContents(root: string, out: string, preferred: string): Contents | undefined {
  const exists = existsSync(join(root, out));
  const last = exists ? lastPackage(root) : undefined;
  if (exists && !last) {
    return undefined;
  }
  const asked = process.env.MODEL_NAME;
  return (
    (last && chooseFrom(last, out, asked, preferred)) ?? chooseModel(join(root, 'models'), asked, preferred)
  );
}

/** The contents of the last zip. */
interface LastPackage {
  /** Model files by name. */
  readonly models: Readonly<Record<string, string>>;
  readonly extra: readonly string[];
  readonly external: readonly string[];
}

/**
 * The model to serve among those of the last zip: the only one, or else the one that MODEL_NAME names;
 * undefined when it is not among them.
 *
 * @param asked - MODEL_NAME as the shell has it. @param preferred - as serverless.yml has it.
 */
function chooseFrom(
  last: LastPackage,
  out: string,
  asked: string | undefined,
  preferred: string,
): (ChosenModel & LastPackage) | undefined {
  const names = Object.keys(last.models);
  const [first, ...others] = names;
  const modelName = !asked && first !== undefined && others.length === 0 ? first : preferred;
  if (names.includes(pathOf(modelName))) {
    if (!asked && names.length > 1) {
      refuseExample(out, names, modelName);
    }
    return { modelName, ...last };
  }
  if (!asked && names.length > 1) {
    throw new UserError(
      `${out} has the models ${names.join(', ')}; choose the one to serve, as with MODEL_NAME=${first}`,
    );
  }
  return undefined;
}

/** Read from the files that `npm run package` left in dist/; undefined without them. */
function lastPackage(root: string): LastPackage | undefined {
  const metafile = join(root, 'dist/meta.json');
  if (!existsSync(metafile)) {
    return undefined;
  }
  const { outputs = {} } = readRecord<Metafile>(metafile);
  // The order of the outputs depends on what else was bundled.
  const sorted = Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1));
  const models = sorted.flatMap(([path, { entryPoint }]) => {
    const name = /^dist\/model\/models\/(.+)\.mjs$/.exec(path)?.[1];
    const file = join(root, entryPoint ?? '');
    // A model may have been deleted since.
    return name && entryPoint && existsSync(file) ? [[name, file]] : [];
  });
  const record = join(root, 'dist/extra.json');
  const { files = [], external = [] } = readRecord<{ files: string[]; external: string[] }>(record);
  return { models: Object.fromEntries(models), extra: files, external };
}

/**
 * A file that `package` has left in dist/; empty when it is not there.
 *
 * @throws UserError when something else has changed it.
 */
function readRecord<T>(file: string): Partial<T> {
  try {
    return JSON.parse(readText(file) ?? '{}') as Partial<T>;
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${(error as Error).message}; remove it, or package again`);
  }
}
