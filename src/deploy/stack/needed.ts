import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { FUNCTIONS, ROUTES } from '../../runtime/routes.ts';
import type { Stack } from '../serverless-types.ts';

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

/** Leaves one function, which gets the paths of all. */
export function mergeFunctions({ functions }: Pick<Stack, 'functions'>): void {
  const { [SINGLE]: single, ...others } = functions;
  for (const [name, { events }] of Object.entries(others)) {
    single?.events.push(...events);
    delete functions[name];
  }
}

/**
 * Leaves out the functions whose method the model does not have.
 *
 * The class is not run: a method counts as there when its name is a word in the model's file, or in a file
 * that it imports. So a function too many is possible. When no method is found, all functions stay.
 *
 * @param model - the model's file; undefined when it is not known, and then all functions stay.
 */
export async function dropUnneeded(
  { functions }: Pick<Stack, 'functions'>,
  model: string | undefined,
): Promise<void> {
  const words = model === undefined ? new Set<string>() : await wordsOf(model);
  const isThere = (name: string) => (METHODS[name] as readonly string[]).some((method) => words.has(method));
  const names = Object.keys(METHODS).filter((name) => name in functions);
  if (!names.some(isThere)) {
    return;
  }
  for (const name of names.filter((each) => !isThere(each))) {
    delete functions[name];
  }
}

/**
 * Tells the function that describes the endpoints which of them have a function, when some have none. A
 * DEPLOYED_ENDPOINTS of the shell stays.
 */
export function listEndpoints({ functions, provider }: Pick<Stack, 'functions' | 'provider'>): void {
  const { openapi } = functions;
  const endpoints = Object.keys(functions).flatMap((name) => FUNCTIONS[name] ?? []);
  if (openapi !== undefined && endpoints.length < Object.keys(ROUTES).length) {
    const { DEPLOYED_ENDPOINTS = null } = provider.environment;
    openapi.environment = {
      ...openapi.environment,
      DEPLOYED_ENDPOINTS: DEPLOYED_ENDPOINTS ?? endpoints.join(','),
    };
  }
}

/** The words of the files that a model is made of; none when it does not compile, which is said later. */
async function wordsOf(model: string): Promise<ReadonlySet<string>> {
  const result = await build({
    entryPoints: [model],
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
  const files = Object.keys(result?.metafile.inputs ?? {}).map((path) => resolve(path));
  return new Set(files.flatMap((path) => readFileSync(path, 'utf8').match(/[\w$]+/g) ?? []));
}
