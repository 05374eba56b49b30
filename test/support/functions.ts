import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { parse } from 'yaml';
import { BATCH_VARIABLES } from '../../src/runtime/batch-config.ts';
import { VARIABLES } from '../../src/runtime/config.ts';
import { METRICS_VARIABLES } from '../../src/runtime/metrics-config.ts';
import { apiGatewayV2, type EventSource, lambdaContext, readResult, type TestRequest } from './events.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

interface FunctionDefinition {
  handler: string;
  events: { httpApi: string | { method: string; path: string } }[];
}

const ROOT = new URL('../../', import.meta.url);

/**
 * The functions of serverless.yml with the paths that it gives them; `*` is the rest. That of a graph, which
 * takes paths of the others, is not among them.
 */
export const functionOfPath: ReadonlyMap<string, string> = new Map(
  Object.entries(
    (
      parse(readFileSync(new URL('serverless.yml', ROOT), 'utf8')) as {
        functions: Record<string, FunctionDefinition>;
      }
    ).functions,
  ).flatMap(([name, { events }]) =>
    (name === 'graph' ? [] : events).map(({ httpApi }) => [pathOf(httpApi), name] as const),
  ),
);

function pathOf(httpApi: string | { path: string }): string {
  const path = typeof httpApi === 'string' ? httpApi.replace(/^\w+ /, '') : httpApi.path;
  // A variable of the shell with its default.
  return path.replace(/^\$\{env:\w+, '(.*)'\}$/, '$1');
}

/**
 * A fresh start of all functions in this process: nothing imported yet, the environment as given and nothing
 * else.
 */
export interface Deployment {
  /**
   * Sends a request through an event source (default: HTTP API) to the function that serverless.yml gives its
   * path to.
   */
  send(request: TestRequest, source?: EventSource): Promise<ReturnType<typeof readResult>>;
  /** Imports functions now: what is imported after another deployment shares that one's modules. */
  load(...names: string[]): Promise<void>;
  /** Calls a function with an event as it is. */
  invoke(name: string, event: unknown, context?: Context): Promise<unknown>;
}

/**
 * Deploys the handlers of this repository into this process.
 *
 * @param environment - environment variables; MODEL_DIR defaults to test/models/conformance.
 */
export function deploy(environment: Readonly<Record<string, string>>): Deployment {
  vi.resetModules();
  const handlers = new Map<string, Promise<Handler>>();
  const full = { MODEL_DIR: fileURLToPath(new URL('test/models/conformance', ROOT)), ...environment };
  // So that the shell's own variables do not leak in.
  for (const name of [...VARIABLES, ...BATCH_VARIABLES, ...METRICS_VARIABLES]) {
    vi.stubEnv(name, undefined);
  }
  for (const [name, value] of Object.entries(full)) {
    vi.stubEnv(name, value);
  }
  const load = (name: string): Promise<Handler> => {
    const loading = handlers.get(name) ?? importHandler(name);
    handlers.set(name, loading);
    return loading;
  };
  const invoke = async (name: string, event: unknown, context = lambdaContext()) =>
    (await load(name))(event, context);
  return {
    invoke,
    load: async (...names) => {
      await Promise.all(names.map(load));
    },
    send: async (request, source = apiGatewayV2) => {
      const path = request.path.split('?', 1)[0] as string;
      return readResult(await invoke(functionFor(path), source(request)));
    },
  };
}

/** The function that API Gateway calls for a path: `{name}` stands for one segment, a slash at its end for none. */
export function functionFor(given: string): string {
  const path = given.replace(/(?<=.)\/$/, '');
  const matches = (route: string) => new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  const route = functionOfPath.has(path) ? path : [...functionOfPath.keys()].slice(0, -1).find(matches);
  return functionOfPath.get(route ?? '*') as string;
}

async function importHandler(name: string): Promise<Handler> {
  const module = (await import(`../../handlers/${name}.ts`)) as { handler: Handler };
  return module.handler;
}
