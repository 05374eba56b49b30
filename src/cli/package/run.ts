import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nameOf } from '../../bundle/installed.ts';
import type { Architecture } from '../../bundle/machine.ts';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { byName, findModel, isModelFile, pathOf } from '../../bundle/model-sources.ts';
import {
  MAX_DIRECT_ZIP_BYTES,
  type Package,
  type PackageOptions,
  packageModels,
} from '../../bundle/package.ts';
import { CompileError } from '../../bundle/result.ts';
import { UserError } from '../../bundle/user-error.ts';
import { packageGraph } from '../../deploy/graph/package-graph.ts';
import { unitRows, unitsTable } from '../../deploy/graph/units-table.ts';
import type { LoadedGraph } from '../../graph/load-graph.ts';
import { showProgress } from '../progress.ts';
import { graphIn, listsModels } from '../project-graph.ts';
import { modelsOf, namesOf } from '../project-models.ts';
import { workingProject } from '../working-project.ts';
import { zipTable } from './zip-table.ts';

/** The options of the command as they are typed. */
export interface Options {
  readonly model?: readonly string[];
  readonly graph?: string;
  readonly file: readonly string[];
  readonly external: readonly string[];
  readonly arch: string;
  readonly s3: boolean;
  readonly out?: string;
  readonly json: boolean;
}

/**
 * Packages models of the project in the working folder, or its graph with the classes of its units. Nothing
 * is written when the graph is refused.
 *
 * @throws UserError when an option is wrong, or the models or the graph cannot be packaged.
 */
export async function packageProject(options: Options): Promise<void> {
  const { model, file, external, arch, s3, json } = options;
  const root = workingProject();
  const zip = resolve(options.out ?? 'dist/model.zip');
  const isGraphNone = model !== undefined && options.graph === undefined;
  const graph = isGraphNone ? undefined : await graphIn(root, options.graph);
  const isAll = model === undefined && graph === undefined;
  const models = isAll || model !== undefined || listsModels(root) ? readModels(root, model) : {};
  const wanted: PackageOptions = {
    root,
    models: { ...models, ...graph?.models },
    modelNames: isAll ? namesOf(root) : undefined,
    out: zip,
    extra: file.map((each) => existing(each)),
    external: external.map(nameOf),
    architecture: readArchitecture(arch),
    hasModelUri: Boolean(process.env.MODEL_URI),
  };
  showProgress('packaging ...');
  const { made, warnings } = await packageAll(isAll, wanted, graph).finally(() => showProgress(''));
  for (const warning of [...warnings, ...made.warnings]) {
    console.warn(`warning: ${warning}`);
  }
  if (graph !== undefined && !json) {
    console.log(`${unitsTable(graph)}\n`);
  }
  const units = graph === undefined ? {} : { units: unitRows(graph) };
  console.log(json ? JSON.stringify({ zip, ...made, ...units }) : zipTable(made));
  if (!s3) {
    refuseTooLargeToUpload(zip, made.zippedBytes);
  }
  if (!json) {
    console.log(zip);
  }
}

async function packageAll(isAll: boolean, wanted: PackageOptions, loaded: LoadedGraph | undefined) {
  if (loaded === undefined) {
    return { made: await packageUsable(isAll, wanted), warnings: [] };
  }
  const { graph, warnings } = await packageGraph(wanted.root, loaded, wanted.external);
  return { made: await packageModels({ ...wanted, graph }), warnings };
}

/**
 * Packages the models. Of those that nobody has named, it leaves out the ones that import a package which is
 * not installed, and says so.
 */
async function packageUsable(isAll: boolean, options: PackageOptions): Promise<Package> {
  try {
    return await packageModels(options);
  } catch (error) {
    const { models } = options;
    const unusable = isAll && error instanceof CompileError ? error.models : [];
    const usable = Object.entries(models).filter(([name]) => !unusable.includes(name));
    if (unusable.length === 0 || usable.length === 0) {
      throw error;
    }
    console.warn(
      `warning: without ${unusable.join(', ')}, as ${unusable.length > 1 ? 'they need' : 'it needs'} what is ` +
        `not installed:\n${(error as Error).message}`,
    );
    return packageModels({ ...options, models: Object.fromEntries(usable) });
  }
}

function readModels(root: string, files: readonly string[] | undefined): Record<string, string> {
  const folder = join(root, modelFolderOf(root));
  return files === undefined
    ? modelsOf(root)
    : byName(
        files.map((file) => modelFile(file, folder)),
        folder,
      );
}

/** The file of a model. `given`: this file, or the name of a model. */
function modelFile(given: string, folder: string): string {
  const file = isModelFile(given) ? resolve(given) : findModel(folder, pathOf(given));
  if (file !== undefined && existsSync(file) && statSync(file).isFile()) {
    return file;
  }
  const expected = `; expected TypeScript or JavaScript, as models/MyModel.ts, or the name of a model in ${folder}`;
  throw new UserError(`there is no model file ${given}${isModelFile(given) ? '' : expected}`);
}

function readArchitecture(name: string): Architecture {
  if (name === 'arm64' || name === 'x64') {
    return name;
  }
  throw new UserError(`--arch ${name}: expected arm64 or x64`);
}

function existing(file: string): string {
  if (!existsSync(file)) {
    throw new UserError(`there is no file ${file}`);
  }
  return resolve(file);
}

function refuseTooLargeToUpload(zip: string, bytes: number): void {
  if (bytes <= MAX_DIRECT_ZIP_BYTES) {
    return;
  }
  throw new UserError(
    `${zip} has ${toMegabytes(bytes)} MB; Lambda accepts at most ${toMegabytes(MAX_DIRECT_ZIP_BYTES)} MB ` +
      'unless the zip comes from S3: upload it there, as `serverless deploy` does, and pass --s3',
  );
}

function toMegabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
