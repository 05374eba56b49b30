import { UserError } from '../../bundle/user-error.ts';
import { FUNCTIONS } from '../../runtime/routes.ts';
import type { Configuration, Definition } from '../serverless-types.ts';
import type { ServedModel } from './models.ts';

/** Functions that are the same for every model: they load none. */
export const SHARED: ReadonlySet<string> = new Set(['ping', 'docs', 'not-found']);

/**
 * Gives every model functions of its own, with its settings, its environment and its role. The first model
 * has the plain paths and names; of several, each has paths that begin with its word, such as
 * `/iris/predict`. A function that the project adds runs once, with the first model unless its own
 * environment names another.
 *
 * Each model is a unit with an id of its own, PREDICTIVE_UNIT_ID, which state and metrics are kept by.
 *
 * @throws UserError when two functions get the same name.
 */
export function addModels<C extends Configuration>(configuration: C, models: readonly ServedModel[]): C {
  const { provider, custom } = configuration;
  const [first] = models;
  // serverless gives a function without events an empty list, but later.
  const plain = Object.entries(configuration.functions).map(
    ([name, definition]) => [name, { ...definition, events: definition.events ?? [] }] as const,
  );
  const functions = [
    ...models.flatMap((model) =>
      plain
        .filter(([name]) => isOfEach(name) || (model === first && !SHARED.has(name)))
        .map(([name, each]) => [`${model.prefix}${name}`, toFunction(name, each, model, models)] as const),
    ),
    ...plain
      .filter(([name]) => SHARED.has(name))
      .map(([name, each]) => [name, { ...each, events: withPrefixes(each, models, models) }] as const),
  ];
  refuseTwins(functions.map(([name]) => name));
  const roles = models
    .filter(({ prefix }) => prefix !== '')
    .flatMap((model) =>
      Object.entries(custom.roles).map(([role, rows]) => [roleOf(role, model), rows] as const),
    )
    // A role that no function has.
    .filter(([role]) => functions.some(([, definition]) => definition.role === role));
  return {
    ...configuration,
    provider: { ...provider, environment: { ...provider.environment, MODEL_NAME: first?.name ?? '' } },
    functions: Object.fromEntries(functions),
    custom: { ...custom, roles: { ...custom.roles, ...Object.fromEntries(roles) } },
  };
}

/** True for the functions of this package that load the model. */
function isOfEach(name: string): boolean {
  return name in FUNCTIONS && !SHARED.has(name);
}

function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) < index);
  if (twin !== undefined) {
    throw new UserError(
      `two functions would have the name ${twin}; give the function or the model (models.<name>.path) another`,
    );
  }
}

function toFunction(
  name: string,
  definition: Definition,
  model: ServedModel,
  models: readonly ServedModel[],
): Definition {
  const { slug, prefix, settings } = model;
  const { memory, timeout, environment } = settings;
  const { role, events } = definition;
  const paths = prefix === '' ? withPrefixes(definition, [model], models) : prefixed(definition, model);
  return {
    ...definition,
    ...(role !== undefined && { role: prefix === '' ? role : roleOf(role, model) }),
    // A function that loads no model has limits of its own.
    ...(memory !== undefined && definition.memorySize === undefined && { memorySize: memory }),
    ...(timeout !== undefined && definition.timeout === undefined && { timeout }),
    environment: {
      MODEL_NAME: model.name,
      PREDICTIVE_UNIT_ID: models.length === 1 ? `\${env:PREDICTIVE_UNIT_ID, '${slug}'}` : slug,
      ...environment,
      ...definition.environment,
    },
    events: isOfEach(name) ? paths : events,
  };
}

/** The paths as they are, and below the word of each wanted model; a model that is alone needs no word. */
function withPrefixes(
  definition: Definition,
  wanted: readonly ServedModel[],
  all: readonly ServedModel[],
): Definition['events'] {
  const added = all.length === 1 ? [] : wanted.flatMap((model) => prefixed(definition, model));
  return [...definition.events, ...added];
}

/**
 * The paths of a function below the word of a model, without those of Seldon's ingress, which name a
 * deployment already, and of its old version 0.1.
 */
function prefixed({ events }: Definition, { slug }: ServedModel): Definition['events'] {
  return events.flatMap((event) => {
    const path = 'httpApi' in event && typeof event.httpApi === 'string' ? event.httpApi : undefined;
    return path?.startsWith('ANY ') && !/\{namespace}|\/v0\.1\//.test(path)
      ? [{ httpApi: path.replace('ANY ', `ANY /${slug}`) }]
      : [];
  });
}

/** `iris` and StatefulRole -> IrisStatefulRole. The functions that load no model share theirs. */
function roleOf(role: string, { id }: ServedModel): string {
  return `${id}${role}`;
}
