import { join } from 'node:path';
import { checkModelFolder } from '../../bundle/model-folder.ts';
import { findModel, modelsIn, pathOf } from '../../bundle/model-sources.ts';
import { UserError } from '../../bundle/user-error.ts';
import { ROUTES_OF } from '../../runtime/graph/routes.ts';
import { nearest } from '../../runtime/nearest.ts';
import { isPlainObject } from '../../runtime/objects.ts';
import { ROUTES, type Routes } from '../../runtime/routes.ts';
import { kebabCase } from '../kebab-case.ts';
import type { Configuration, ModelSettings } from '../serverless-types.ts';
import { checkSetting } from '../stack/parameters.ts';

/** A model that a deployment serves. */
export interface ServedModel {
  /** MODEL_NAME: `MyModel`, or `pkg.mod.Class`. */
  readonly name: string;
  /** Its part of paths and of names, such as `my-model`. */
  readonly slug: string;
  /** The same as a part of names in the template: `MyModel`. */
  readonly id: string;
  /** Of the names of its functions; empty for the first model, whose paths need no prefix. */
  readonly prefix: string;
  readonly settings: ModelSettings;
}

/**
 * The models that serverless.yml lists, or else the only one in the folder of models. MODEL_NAME in the shell
 * chooses the one that comes first: its functions have the plain paths.
 *
 * @throws UserError when there is no model, when there are several and no list, and for a list that is wrong.
 */
export function readModels(
  configuration: Pick<Configuration, 'models' | 'modelFolder'>,
  serviceDir: string,
): readonly ServedModel[] {
  const listed = modelEntries(
    configuration.models ?? onlyModel(join(serviceDir, checkModelFolder(configuration.modelFolder))),
  );
  const first = process.env.MODEL_NAME || listed[0]?.[0];
  if (!listed.some(([name]) => name === first)) {
    const names = listed.map(([name]) => name).join(', ');
    throw new UserError(`MODEL_NAME is ${first}; expected a model of serverless.yml: ${names}`);
  }
  const sorted = [...listed.filter(([name]) => name === first), ...listed.filter(([name]) => name !== first)];
  const models = sorted.map(([name, settings], index) => {
    // YAML may have a number there.
    const slug = `${settings.path ?? kebabCase(name)}`;
    return { name, slug, id: toId(slug), prefix: index === 0 ? '' : `${slug}-`, settings };
  });
  refuseSlugs(models);
  return models;
}

function onlyModel(folder: string): readonly string[] {
  const names = Object.keys(modelsIn(folder));
  if (names.length > 1) {
    throw new UserError(
      `${folder} has the models ${names.join(', ')}: list those to serve in serverless.yml, ` +
        `such as models: [${names.join(', ')}]; the first has the paths without a prefix`,
    );
  }
  return names;
}

/** Words that begin the paths of the first model, and of a graph. */
const TAKEN = new Set(
  [...Object.values(ROUTES), ...Object.values(ROUTES_OF).flatMap(Object.values<Routes>)].flatMap((routes) =>
    Object.keys(routes).map((path) => path.split('/')[1]),
  ),
);

/**
 * The names of the models that `models` in serverless.yml lists, with their settings.
 *
 * @throws UserError when it is not such a list.
 */
export function modelEntries(models: unknown): [string, ModelSettings][] {
  if (!(Array.isArray(models) || isPlainObject(models)) || Object.keys(models).length === 0) {
    throw new UserError(
      `models in serverless.yml is ${JSON.stringify(models)}; expected names, such as [MyModel], or settings by name`,
    );
  }
  const entries = Array.isArray(models)
    ? models.map((name): [unknown, ModelSettings] => [name, {}])
    : Object.entries(models).map(([name, settings]): [unknown, ModelSettings] => [name, settings ?? {}]);
  const names = entries.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) {
    throw new UserError(`models has ${JSON.stringify(repeated)} twice; expected each once`);
  }
  return entries.map(([name, settings]) => {
    if (typeof name !== 'string' || !/^[\w$-]+(\.[\w$-]+)*$/.test(name)) {
      throw new UserError(
        `models has ${JSON.stringify(name)}; expected a name such as MyModel, or file.Class`,
      );
    }
    if (!isPlainObject(settings)) {
      throw new UserError(
        `models.${name} is ${JSON.stringify(settings)}; expected settings, such as {memory: 2048}`,
      );
    }
    checkSettings(`models.${name}`, settings);
    return [name, settings];
  });
}

const SETTINGS = ['path', 'memory', 'timeout', 'functions', 'environment'];

/** Looks at all settings of a model but its path, and those that serverless makes of variables (`${...}`). */
function checkSettings(where: string, settings: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(settings).find((name) => !SETTINGS.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, SETTINGS);
    const question = meant === undefined ? '' : `is ${meant} meant? `;
    throw new UserError(`${where} has no setting ${unknown}; ${question}expected ${SETTINGS.join(', ')}`);
  }
  for (const name of ['memory', 'timeout', 'functions'] as const) {
    const value = settings[name];
    if (value != null && !`${value}`.includes('${')) {
      checkSetting(`${where}.${name}`, name, value);
    }
  }
  const { environment } = settings;
  if (environment != null && !isPlainObject(environment) && !`${environment}`.includes('${')) {
    throw new UserError(
      `${where}.environment is ${JSON.stringify(environment)}; expected variables by name, such as {MODEL_URI: model/}`,
    );
  }
}

/** `my-model` -> MyModel */
function toId(slug: string): string {
  return slug.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
}

/** Refuses words that are none, or that would give two functions, or two paths, the same name. */
function refuseSlugs(models: readonly ServedModel[]): void {
  const taken = new Map<string, string>();
  for (const { name, slug, id } of models) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(slug)) {
      throw new UserError(
        `models.${name}.path is "${slug}"; expected one word of small letters and digits, with single hyphens`,
      );
    }
    const other = taken.get(id);
    if (other !== undefined || TAKEN.has(slug)) {
      const whose =
        other === undefined ? 'which is the beginning of a path of the first model' : `like ${other}`;
      throw new UserError(
        `the model ${name} would be served at /${slug}, ${whose}; give it another word: models.${name}.path`,
      );
    }
    taken.set(id, name);
  }
}

/**
 * The files of models, each named as in MODEL_NAME, by their names in the zip.
 *
 * @throws UserError when one does not exist.
 */
export function filesOf(names: readonly string[], folder: string): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const path = pathOf(name);
      const file = findModel(folder, path);
      if (file === undefined) {
        throw new UserError(
          `there is no model "${path}" in ${folder}, which models in serverless.yml names; ` +
            `there are ${Object.keys(modelsIn(folder)).join(', ')}`,
        );
      }
      return [path, file];
    }),
  );
}
