import { pathOf } from '../../bundle/model-sources.ts';
import { FUNCTIONS } from '../../runtime/routes.ts';
import type { Definition, ModelSettings, Serverless } from '../serverless-types.ts';
import { GRAPH } from './arrange-functions.ts';
import { readModels, type ServedModel } from './models.ts';

/** The functions of this package that one model has. */
export interface Group {
  /** MODEL_NAME; empty when it is not known. */
  readonly model: string;
  /** The first part of its paths. */
  readonly slug: string;
  /** Of the names of its functions. */
  readonly prefix: string;
  /** Their names, with the prefix. */
  readonly names: readonly string[];
  /** The model's file; undefined when it is not known. */
  readonly file: string | undefined;
  /** Undefined: as the parameter of this name says. */
  readonly functions: ModelSettings['functions'];
  /** The function that can take the place of all others. */
  readonly single: Definition;
}

/**
 * The functions by model, without that of a graph. With one model, those that load none are its own, too.
 *
 * @param chosen - the models in the zip; undefined when they are not known.
 */
export function groupsOf(
  { configurationInput: configuration, serviceDir }: Serverless,
  chosen: { readonly modelName: string; readonly models: Readonly<Record<string, string>> } | undefined,
): readonly Group[] {
  const { functions } = configuration;
  const names = Object.keys(functions).filter((name) => name !== GRAPH);
  const isOurs = (name: string, prefix: string) => name.slice(prefix.length) in FUNCTIONS;
  const singleOf = (prefix: string) => functions[`${prefix}all`] as Definition;
  const models = configuration.models === undefined ? [] : readModels(configuration, serviceDir);
  if (models.length < 2) {
    const file = chosen?.models[pathOf(chosen.modelName)];
    const [{ name, slug, settings } = { name: chosen?.modelName ?? '', slug: '', settings: {} }] = models;
    return [
      {
        model: name,
        slug,
        prefix: '',
        names: names.filter((each) => isOurs(each, '')),
        file,
        functions: settings.functions,
        single: singleOf(''),
      },
    ];
  }
  const isOf = (name: string, { prefix }: ServedModel) => name.startsWith(prefix) && isOurs(name, prefix);
  return models.map((model) => ({
    model: model.name,
    slug: model.slug,
    prefix: model.prefix,
    names: names.filter((name) => isOf(name, model)),
    file: chosen?.models[pathOf(model.name)],
    functions: model.settings.functions,
    single: singleOf(model.prefix),
  }));
}
