import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { UserError } from '../../bundle/user-error.ts';
import { kebabCase } from '../../deploy/kebab-case.ts';
import { commandLine, isClone } from '../command-line.ts';
import { dependsOn, readManifest } from '../manifest.ts';
import { managerOf } from '../package-manager.ts';
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
  const project = process.cwd();
  const model: NewModel = {
    name: readName(args),
    template: readType(type),
    folder: modelFolderOf(project),
    runner: dependsOn(readManifest(project) ?? {}, 'vitest') ? 'vitest' : 'node:test',
  };
  const files = modelFiles(model);
  // All or nothing: half of a model would be in the way of the next attempt.
  for (const path of Object.keys(files)) {
    if (existsSync(path)) {
      throw new UserError(`${path} already exists; choose another name`);
    }
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  }
  const changed = addToSettings(model.name) ? [SETTINGS] : [];
  const written = Object.keys(files);
  if (json) {
    console.log(JSON.stringify({ files: written, changed }));
  } else {
    console.log([...written, ...changed, '', ...nextSteps(project, model, changed.length > 0)].join('\n'));
  }
}

/** Whether serverless.yml lists the models, and now this one, too. */
function addToSettings(name: string): boolean {
  const text = existsSync(SETTINGS) ? readFileSync(SETTINGS, 'utf8') : '';
  const changed = addToList(text, 'models', name);
  if (changed === undefined || changed === text) {
    return false;
  }
  writeFileSync(SETTINGS, changed);
  return true;
}

function nextSteps(
  project: string,
  { name, template, folder, runner }: NewModel,
  isListed: boolean,
): string[] {
  const { run } = managerOf(project);
  const file = isClone(project) && runner === 'vitest' ? ` -- test/${name}.test.ts` : '';
  const at = template.endpoint === 'predict' ? '' : ` --endpoint ${template.endpoint}`;
  // The first model has the plain paths, and each other one those below its name.
  const isFirst = !isListed || listedModels(readFileSync(SETTINGS, 'utf8'))[0] === name;
  const url = `http://localhost:9000${isFirst ? '' : `/${kebabCase(name)}`}`;
  const contract = `${folder}/${name}.contract.json ${url}${at}`;
  return [
    `  ${run('test')}${file}`,
    `  ${isListed ? '' : `MODEL_NAME=${name} `}${run('start')}`,
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
