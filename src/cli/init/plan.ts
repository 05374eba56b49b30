import { existsSync, lstatSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, normalize, resolve } from 'node:path';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { readText } from '../../bundle/read-text.ts';
import { UserError } from '../../bundle/user-error.ts';
import { readManifest } from '../manifest.ts';
import { toClassName } from '../new/class-name.ts';
import { modelFiles, readType } from '../new/model-files.ts';
import { managerOf } from '../package-manager.ts';
import { existingModels } from './existing-models.ts';
import { completeManifest, newManifest, runnerOf } from './package-json.ts';
import { projectFiles } from './project-files.ts';
import { checkProjectName, mistakeIn, toProjectName, toServiceName } from './project-name.ts';

/** The answers to the questions, or what the options say instead. */
export interface Answers {
  /** As it was typed. */
  readonly folder: string;
  readonly type: string;
  readonly name: string | undefined;
  /** The folder of the models, relative to the project; default: as the project's settings say. */
  readonly models?: string | undefined;
}

/** The files and changes that will be written. */
export interface InitPlan {
  /** The project, absolute. */
  readonly project: string;
  /** New files by their paths in the project. */
  readonly files: Readonly<Record<string, string>>;
  /** The paths of files that are there already, and stay as they are. */
  readonly kept: readonly string[];
  /** package.json as it will be, where the project has one that lacks something. */
  readonly manifest: { readonly text: string; readonly added: readonly string[] } | undefined;
  /** Scripts of the project with names that ours would have. */
  readonly ownScripts: readonly string[];
  /** The models that are served. */
  readonly models: readonly string[];
}

/**
 * Plans a project; nothing is written yet.
 *
 * @throws UserError when a name, the type or the folder cannot be used.
 */
export function planProject({ folder, type, name: wanted, models }: Answers): InitPlan {
  if (folder === '') {
    throw new UserError('expected the name of a folder, got ""');
  }
  const project = resolve(folder);
  if (existsSync(project) && !statSync(project).isDirectory()) {
    throw new UserError(`${folder} is a file; expected a folder, or a name for a new one`);
  }
  const template = readType(type);
  const modelFolder = readModelFolder(models ?? modelFolderOf(project));
  const found = readManifest(project);
  if (wanted !== undefined) {
    checkProjectName(wanted);
  }
  // A name that is there may be one that npm does not publish, as MyApp.
  const name = found?.name || wanted || nameOfFolder(project);
  const existing = existingModels(join(project, modelFolder));
  const className = toClassName(wanted ?? name);
  const manifest = found ?? newManifest(name);
  const completed = completeManifest(manifest, readText(join(project, 'package.json')));
  const served = existing.length > 0 ? existing : [className];
  const all = {
    ...(found === undefined && { 'package.json': completed.text }),
    ...projectFiles({
      name,
      service: toServiceName(name),
      folder: modelFolder,
      models: served,
      manager: managerOf(project),
    }),
    ...(existing.length === 0 &&
      modelFiles({
        name: className,
        template,
        folder: modelFolder,
        runner: runnerOf(manifest),
      })),
  };
  const paths = Object.keys(all);
  const kept = paths.filter((each) => isThere(join(project, each)));
  return {
    project,
    files: Object.fromEntries(Object.entries(all).filter(([each]) => !kept.includes(each))),
    kept,
    manifest: found !== undefined && completed.added.length > 0 ? completed : undefined,
    ownScripts: completed.kept,
    models: served,
  };
}

/** Also true for a link to nothing, which cannot be written either. */
function isThere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

function nameOfFolder(project: string): string {
  const name = basename(project);
  const asTyped = mistakeIn(name) === undefined ? name : toProjectName(name);
  return asTyped === '' ? 'my-models' : asTyped;
}

function readModelFolder(folder: string): string {
  const path = normalize(folder).replaceAll('\\', '/').replace(/\/+$/, '');
  // Its name becomes part of an import in a test, of a pattern and of a command.
  if (isAbsolute(folder) || path === '.' || path.startsWith('..') || !/^[\p{L}\p{N}_./ @-]+$/u.test(path)) {
    throw new UserError(
      `--models: expected a folder below the project, as src/ml; got ${JSON.stringify(folder)}`,
    );
  }
  return path;
}
