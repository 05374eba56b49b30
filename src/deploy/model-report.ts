import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pathOf } from '../bundle/model-sources.ts';
import type { EndpointName } from '../runtime/routes.ts';
import type { LocalModel } from './choose-local.ts';
import type { DevServer } from './dev-server.ts';
import { type LocalFunction, type Outcome, startInstance } from './local/instance.ts';

/** The facts about a model that the banner shows. */
export interface ModelReport {
  /** The endpoints whose method the class has, in the order of {@link METHODS}. */
  readonly endpoints: readonly EndpointName[];
  /** The number of the model's inputs, as far as its metadata says. */
  readonly columns?: number | undefined;
  /** The field of a message that it takes, if that is no array, as far as its class or its metadata says. */
  readonly field?: 'strData' | 'binData' | 'jsonData' | undefined;
  /** Why the model cannot be served, in one line with its file; undefined when it can. */
  readonly problem?: string | undefined;
}

/** The endpoints that call a method, with the name of the method. */
const METHODS = {
  predict: 'predict',
  route: 'route',
  'transform-input': 'transformInput',
  'transform-output': 'transformOutput',
  aggregate: 'aggregate',
  'send-feedback': 'sendFeedback',
} as const satisfies Partial<Record<EndpointName, string>>;

/** A model that takes longer than this to load is not waited for. */
const LIMIT_MS = 10_000;

/** The fields of a message that carry no array. */
const FIELDS = ['strData', 'binData', 'jsonData'] as const;

interface Metadata {
  readonly inputs?: readonly {
    readonly messagetype?: string;
    readonly schema?: { readonly names?: string[]; readonly shape?: number[] };
  }[];
  readonly status?: { readonly reason?: string; readonly info?: string };
}

/** Loads a model once, apart from the functions, and reports what it has and what is wrong with it. */
export async function reportModel(server: DevServer, model: LocalModel): Promise<ModelReport> {
  const metadata = server.definitions[`${model.prefix}metadata`];
  if (metadata === undefined) {
    return { endpoints: [] };
  }
  const [{ endpoints, accepts }, { messagetype, ...facts }] = await Promise.all([
    readClass(server.folder, model.name, metadata),
    load(model, metadata),
  ]);
  return { endpoints, field: fieldOf(accepts, messagetype), ...facts };
}

function fieldOf(accepts: unknown, messagetype: string | undefined): ModelReport['field'] {
  const accepted: readonly unknown[] = Array.isArray(accepts) ? accepts : ['data', ...FIELDS];
  const taken = FIELDS.filter((field) => accepted.includes(field));
  return taken.find((field) => field === messagetype) ?? (accepted.includes('data') ? undefined : taken[0]);
}

async function readClass(folder: string, modelName: string, definition: LocalFunction) {
  const module = join(folder, 'models', `${pathOf(modelName)}.mjs`);
  const probe = { module: fileURLToPath(new URL('./local/model-methods.js', import.meta.url)) };
  const event = { module, exportName: modelName.split('.').at(-1) };
  const { outcome } = await callOnce({ ...definition, ...probe }, event);
  const nothing = { methods: [], accepts: undefined };
  const { methods, accepts }: { readonly methods: readonly string[]; readonly accepts?: unknown } =
    'result' in outcome ? JSON.parse(outcome.result) : nothing;
  const has = (method: string) =>
    ['', 'Raw', 'Rest'].some((suffix) => methods.includes(`${method}${suffix}`));
  // The keys of the table are endpoints' names.
  const names = Object.keys(METHODS) as (keyof typeof METHODS)[];
  return { endpoints: names.filter((name) => has(METHODS[name])), accepts };
}

async function load(
  model: LocalModel,
  definition: LocalFunction,
): Promise<Pick<ModelReport, 'columns' | 'problem'> & { readonly messagetype?: string | undefined }> {
  const { outcome, output } = await callOnce(definition, METADATA_EVENT);
  if ('error' in outcome) {
    return { problem: toProblem(model, outcome.error.errorMessage, outcome.error.trace) };
  }
  const { statusCode, body } = JSON.parse(outcome.result);
  const { status, inputs }: Metadata = JSON.parse(body);
  if (statusCode >= 400) {
    return { problem: toProblem(model, status?.info ?? `status ${statusCode}`, output) };
  }
  const { messagetype, schema } = inputs?.[0] ?? {};
  return { columns: schema?.names?.length ?? schema?.shape?.at(-1), messagetype };
}

/** Calls an instance of its own, which prints nothing. */
async function callOnce(
  definition: LocalFunction,
  event: unknown,
): Promise<{ readonly outcome: Outcome; readonly output: string }> {
  const environment = { ...definition.environment, HIDE_INTERNAL_ERRORS: 'false' };
  const limits = { timeoutMs: Math.min(definition.timeoutMs, LIMIT_MS) };
  const instance = startInstance({ ...definition, ...limits, environment }, { isQuiet: true });
  const outcome = await instance.invoke(JSON.stringify(event));
  // Its output arrives after the answer.
  await instance.stop();
  return { outcome, output: instance.output() };
}

const METADATA_EVENT = {
  version: '2.0',
  routeKey: 'ANY /metadata',
  rawPath: '/metadata',
  rawQueryString: '',
  headers: {},
  requestContext: { http: { method: 'GET', path: '/metadata' }, stage: '$default' },
  isBase64Encoded: false,
};

/** `models/Iris.ts:4:11: why`, with the first place in the model's file that the stack names. */
function toProblem({ file, name }: LocalModel, info: string, stack: string): string {
  const escaped = file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`${escaped}(:\\d+:\\d+)`).exec(stack)?.[1] ?? '';
  return `${name} cannot be served: ${file}${place}: ${oneLine(info)}`;
}

function oneLine(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
}
