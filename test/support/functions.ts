import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { parse } from 'yaml';
import { apiGatewayV2, type EventSource, lambdaContext, readResult, type TestRequest } from './events.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

interface FunctionDefinition {
  handler: string;
  events: { httpApi: string | { method: string; path: string } }[];
}

const ROOT = new URL('../../', import.meta.url);

/** The functions of serverless.yml with the paths that it gives them; `*` is the rest. */
export const functionOfPath: ReadonlyMap<string, string> = new Map(
  Object.entries(
    (
      parse(readFileSync(new URL('serverless.yml', ROOT), 'utf8')) as {
        functions: Record<string, FunctionDefinition>;
      }
    ).functions,
  ).flatMap(([name, { events }]) => events.map(({ httpApi }) => [pathOf(httpApi), name] as const)),
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
  for (const name of CONFIGURATION) {
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
      return readResult(
        await invoke(functionOfPath.get(path) ?? (functionOfPath.get('*') as string), source(request)),
      );
    },
  };
}

async function importHandler(name: string): Promise<Handler> {
  const module = (await import(`../../handlers/${name}.ts`)) as { handler: Handler };
  return module.handler;
}

/** Every variable that the functions read, so that the shell's own do not leak in. */
const CONFIGURATION = [
  'MODEL_NAME',
  'MODEL_URI',
  'MODEL_PRELOAD',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'PREDICTIVE_UNIT_PARAMETERS',
  'MODEL_METADATA',
  'PREDICTIVE_UNIT_ID',
  'PREDICTIVE_UNIT_IMAGE',
  'PREDICTOR_ID',
  'PREDICTOR_LABELS',
  'SELDON_DEPLOYMENT_ID',
  'SELDON_EXECUTOR_ENABLED',
  'INCLUDE_METRICS_IN_CLIENT_RESPONSE',
  'PAYLOAD_PASSTHROUGH',
  'HIDE_INTERNAL_ERRORS',
  'COMPRESS_MIN_BYTES',
  'CORS_ALLOWED_ORIGINS',
  'CORS_ALLOWED_HEADERS',
  'SELDON_LOG_LEVEL',
  'STATE_URL',
  'STATE_OVERFLOW_URL',
  'STATE_MAX_AGE_MS',
  'AWS_LAMBDA_LOG_LEVEL',
  'AWS_LAMBDA_FUNCTION_NAME',
  'LOG_PAYLOADS',
  'PAYLOAD_LOG_URL',
  'PAYLOAD_LOG_TIMEOUT_MS',
  'SELDON_NAMESPACE',
  'METRICS_URL',
  'METRICS_FLUSH_MS',
  'METRICS_MAX_SERIES',
  'METRICS_WORKER_LABEL',
  'METRICS_EMF',
  'PREDICTIVE_UNIT_METRICS_ENDPOINT',
];
