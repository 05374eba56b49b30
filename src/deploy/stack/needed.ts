import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { FUNCTIONS, INFER, ROUTES } from '../../runtime/routes.ts';
import { SHARED } from '../project/add-models.ts';
import type { Group } from '../project/groups.ts';
import type { Definition, Stack } from '../serverless-types.ts';

/**
 * The functions that only pass a message through, or answer an error, when the class does not have their
 * method, with the names of the methods.
 */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  predict: ['predict', 'predictRaw'],
  'transform-input': ['transformInput', 'transformInputRaw'],
  'transform-output': ['transformOutput', 'transformOutputRaw'],
  route: ['route', 'routeRaw'],
  aggregate: ['aggregate', 'aggregateRaw'],
};

/** The function that passes events on to the handlers of all others. */
export const SINGLE = 'all';

/** The function for a URL, which has no paths in the API. */
const BY_URL = 'handlers/v2.handler';

/** Leaves out the function for a URL where nothing calls it. */
export function dropUncalled(functions: Stack['functions']): void {
  for (const [name, { handler, url, events }] of Object.entries(functions)) {
    if (handler === BY_URL && !url && events.length === 0) {
      delete functions[name];
    }
  }
}

/**
 * Leaves one function of a group, which gets the paths of all, and those with a URL of their own. The paths
 * that begin with the model's word need one route for them, and those of /metrics, which may be open to
 * everyone.
 */
export function mergeFunctions(functions: Stack['functions'], { prefix, slug, names, single }: Group): void {
  const all = `${prefix}${SINGLE}`;
  // That of many records has no path.
  const others = names.filter((each) => each !== all && each !== `${prefix}batch`);
  const events = others.flatMap((name) => {
    const own = functions[name]?.events ?? [];
    return name === `${prefix}metrics` ? own : own.filter((event) => !beginsWith(event, slug));
  });
  const route = slug === '' ? [] : [{ httpApi: `ANY /${slug}/{proxy+}` }];
  functions[all] = { ...single, events: [...events, ...route] };
  for (const name of others) {
    const { [name]: definition } = functions;
    if (definition?.url) {
      functions[name] = { ...definition, events: [] };
    } else {
      delete functions[name];
    }
  }
}

/** Whether an event is a path that begins with a model's word. */
function beginsWith(event: Definition['events'][number], slug: string): boolean {
  const route = 'httpApi' in event && typeof event.httpApi === 'string' ? event.httpApi : '';
  return slug !== '' && route.startsWith(`ANY /${slug}/`);
}

/** Whether a group has one function for all its paths. */
export function isMerged(functions: Stack['functions'], { prefix }: Group): boolean {
  return `${prefix}${SINGLE}` in functions;
}

/**
 * Leaves out the functions of a group whose method the model does not have. Only `predict` stays for any
 * model, with its paths in other protocols than Seldon's: they call all kinds of classes there.
 *
 * The class is not run: a method counts as there when its name is a word in the model's file, or in a file
 * that it imports. So a function too many is possible. When no method is found, all functions stay.
 * When the model's file is not known, all stay, too.
 */
export async function dropUnneeded(functions: Stack['functions'], group: Group): Promise<void> {
  const { prefix, file } = group;
  const words = file === undefined ? new Set<string>() : await wordsOf(file);
  const isThere = (name: string) => (METHODS[name] as readonly string[]).some((method) => words.has(method));
  const names = Object.keys(METHODS).filter((name) => `${prefix}${name}` in functions);
  if (!names.some(isThere)) {
    return;
  }
  for (const name of names.filter((each) => !isThere(each))) {
    const { [`${prefix}${name}`]: definition } = functions;
    const events = name === 'predict' ? definition?.events.filter((event) => !isSeldons(event, group)) : [];
    if (definition && events && (events.length > 0 || definition.url)) {
      functions[`${prefix}${name}`] = { ...definition, events };
    } else {
      delete functions[`${prefix}${name}`];
    }
  }
}

/** Whether an event is a path of `predict` in Seldon's protocol. */
function isSeldons(event: Definition['events'][number], { slug }: Group): boolean {
  const route = 'httpApi' in event && typeof event.httpApi === 'string' ? event.httpApi : '';
  const path = route.replace('ANY ', '');
  return path in ROUTES.predict || (slug !== '' && path.replace(`/${slug}/`, '/') in ROUTES.predict);
}

/**
 * Tells the function of a group that describes the endpoints which of them have a function, when some have
 * none; {@link INFER} where `predict` has no path of Seldon's. A DEPLOYED_ENDPOINTS of the shell stays.
 */
export function listEndpoints(
  { functions, provider }: Pick<Stack, 'functions' | 'provider'>,
  group: Group,
): void {
  const { prefix, names } = group;
  const openapi = functions[`${prefix}openapi`];
  const deployed = [...new Set([...names, ...SHARED])].filter((name) => name in functions);
  const endpoints: readonly string[] = deployed.flatMap((name): readonly string[] =>
    name === `${prefix}predict` && !functions[name]?.events.some((event) => isSeldons(event, group))
      ? [INFER]
      : (FUNCTIONS[SHARED.has(name) ? name : name.slice(prefix.length)] ?? []),
  );
  if (openapi !== undefined && Object.keys(ROUTES).some((name) => !endpoints.includes(name))) {
    const { DEPLOYED_ENDPOINTS = null } = provider.environment;
    openapi.environment = {
      ...openapi.environment,
      DEPLOYED_ENDPOINTS: DEPLOYED_ENDPOINTS ?? endpoints.join(','),
    };
  }
}

/** The words of the files that a model is made of; none when it does not compile, which is said later. */
export async function wordsOf(model: string): Promise<ReadonlySet<string>> {
  const folder = dirname(resolve(model));
  const result = await build({
    // The paths of the inputs start there, and not at the folder in which esbuild was loaded.
    absWorkingDir: folder,
    entryPoints: [resolve(model)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    // Of this project, and part of no model.
    external: ['seldon-lambda', 'seldon-lambda/*', '*.node'],
    loader: { '.html': 'text' },
    logLevel: 'silent',
  }).catch(() => undefined);
  const files = Object.keys(result?.metafile.inputs ?? {}).map((path) => resolve(folder, path));
  return new Set(files.flatMap((path) => readFileSync(path, 'utf8').match(/[\w$]+/g) ?? []));
}
