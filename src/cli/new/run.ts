import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { readText } from '../../bundle/read-text.ts';
import { parseSettings } from '../../bundle/settings.ts';
import { UserError } from '../../bundle/user-error.ts';
import { writeFiles } from '../../bundle/write-files.ts';
import { kebabCase } from '../../deploy/kebab-case.ts';
import { commandLine, isClone } from '../command-line.ts';
import { dependsOn, readManifest } from '../manifest.ts';
import { managerOf } from '../package-manager.ts';
import { checkList } from '../project-models.ts';
import { workingProject } from '../working-project.ts';
import { addToList, listedModels } from '../yaml-list.ts';
import { checkClassName } from './class-name.ts';
import { modelFiles, type NewModel, readType } from './model-files.ts';

/** The options of the command as they are typed. */
interface Options {
  readonly type: string;
  readonly json: boolean;
}

const SETTINGS = 'serverless.yml';

/**
 * Writes a model into the project in the working folder.
 *
 * @throws UserError when the name or the type cannot be used, or a file exists.
 */
export function writeModel(args: readonly string[], { type, json }: Options): void {
  const project = workingProject();
  const model: NewModel = {
    name: readName(args),
    template: readType(type),
    folder: modelFolderOf(project),
    runner: dependsOn(readManifest(project) ?? {}, 'vitest') ? 'vitest' : 'node:test',
  };
  const files = modelFiles(model);
  for (const path of Object.keys(files)) {
    if (existsSync(path)) {
      throw new UserError(`${path} already exists; choose another name`);
    }
  }
  const settings = withModel(project, model.name);
  const changed: Record<string, string> = settings === undefined ? {} : { [SETTINGS]: settings };
  writeFiles(project, { created: files, changed });
  const written = Object.keys(files);
  const also = Object.keys(changed);
  console.log(
    json
      ? JSON.stringify({ files: written, changed: also })
      : [...written, ...also, '', ...nextSteps(project, model, settings)].join('\n'),
  );
}

/**
 * serverless.yml with one model more; undefined when it lists none, or this one already.
 *
 * @throws UserError when the models could not be served together.
 */
function withModel(project: string, name: string): string | undefined {
  const text = readText(join(project, SETTINGS)) ?? '';
  const changed = addToList(text, 'models', name);
  if (changed === undefined || changed === text) {
    return undefined;
  }
  checkList(project, parseSettings(changed));
  return changed;
}

function nextSteps(
  project: string,
  { name, template, folder, runner }: NewModel,
  settings: string | undefined,
): string[] {
  const { run } = managerOf(project);
  const file = isClone(project) && runner === 'vitest' ? ` -- test/${name}.test.ts` : '';
  const at = template.endpoint === 'predict' ? '' : ` --endpoint ${template.endpoint}`;
  // The first model has the plain paths, and each other one those below its name.
  const isFirst = settings === undefined || listedModels(settings)[0] === name;
  const url = `http://localhost:9000${isFirst ? '' : `/${kebabCase(name)}`}`;
  const contract = `${folder}/${name}.contract.json ${url}${at}`;
  return [
    `  ${run('test')}${file}`,
    `  ${settings === undefined ? `MODEL_NAME=${name} ` : ''}${run('start')}`,
    `  ${commandLine('contract', contract)}`,
  ];
}

function readName([name, ...surplus]: readonly string[]): string {
  if (name === undefined) {
    throw new UserError(`expected the name of a class: ${commandLine('new', 'MyModel')}`);
  }
  if (surplus.length > 0) {
    throw new UserError(`expected one name, got ${[name, ...surplus].join(' ')}`);
  }
  checkClassName(name);
  return name;
}
