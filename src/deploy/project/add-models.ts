import type { Configuration, Definition } from '../serverless-types.ts';
import type { ServedModel } from './models.ts';

/** Functions that are the same for every model: they load none. */
export const SHARED: ReadonlySet<string> = new Set(['ping', 'docs', 'not-found']);

/**
 * Gives every model functions of its own, with its settings, its environment and its role. The first model has
 * the plain paths and names; of several, each has paths that begin with its word, such as `/iris/predict`.
 *
 * Each model is a unit with an id of its own, PREDICTIVE_UNIT_ID, which state and metrics are kept by.
 */
export function addModels<C extends Configuration>(configuration: C, models: readonly ServedModel[]): C {
  const { provider, custom } = configuration;
  const [first] = models;
  // One model alone needs no prefix.
  const isAlone = models.length === 1;
  const plain = Object.entries(configuration.functions).filter(([, definition]) => definition !== null);
  const ofModels = models.flatMap((model) =>
    plain
      .filter(([name]) => !SHARED.has(name))
      .map(
        ([name, definition]) => [`${model.prefix}${name}`, toFunction(definition, model, models)] as const,
      ),
  );
  const shared = plain
    .filter(([name]) => SHARED.has(name))
    .map(
      ([name, definition]) =>
        [name, { ...definition, events: withPrefixes(definition, isAlone ? [] : models) }] as const,
    );
  const roles = models
    .filter(({ prefix }) => prefix !== '')
    .flatMap((model) =>
      Object.entries(custom.roles).map(([role, rows]) => [roleOf(role, model), rows] as const),
    )
    // A role that no function has.
    .filter(([role]) => ofModels.some(([, definition]) => definition.role === role));
  return {
    ...configuration,
    provider: { ...provider, environment: { ...provider.environment, MODEL_NAME: first?.name ?? '' } },
    functions: Object.fromEntries([...ofModels, ...shared]),
    custom: { ...custom, roles: { ...custom.roles, ...Object.fromEntries(roles) } },
  };
}

function toFunction(definition: Definition, model: ServedModel, models: readonly ServedModel[]): Definition {
  const { name, slug, prefix, settings } = model;
  const { memory, timeout, environment } = settings;
  const isFirst = prefix === '';
  return {
    ...definition,
    ...(definition.role !== undefined && {
      role: isFirst ? definition.role : roleOf(definition.role, model),
    }),
    // A function that loads no model has limits of its own.
    ...(memory !== undefined && definition.memorySize === undefined && { memorySize: memory }),
    ...(timeout !== undefined && definition.timeout === undefined && { timeout }),
    environment: {
      ...definition.environment,
      MODEL_NAME: name,
      PREDICTIVE_UNIT_ID: models.length === 1 ? `\${env:PREDICTIVE_UNIT_ID, '${slug}'}` : slug,
      ...environment,
    },
    events: isFirst
      ? withPrefixes(definition, models.length === 1 ? [] : [model])
      : prefixed(definition, model),
  };
}

function withPrefixes(definition: Definition, models: readonly ServedModel[]): Definition['events'] {
  return [...definition.events, ...models.flatMap((model) => prefixed(definition, model))];
}

/**
 * The paths of a function below the word of a model, without those of Seldon's ingress, which name a deployment
 * already, and of its old version 0.1.
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
function roleOf(role: string, { slug }: ServedModel): string {
  const words = slug.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}${role}`;
}
