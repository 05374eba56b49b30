import { randomUUID } from 'node:crypto';
import { toDefaultData } from '../client/array-form.ts';
import type { MessageInput } from '../client/input.ts';
import { NdArray } from '../runtime/arrays/ndarray.ts';
import { createInstance, type Instance } from '../runtime/instance/instance.ts';
import { createDispatcher } from '../runtime/lambda/dispatch.ts';
import { createHandler, type Handler } from '../runtime/lambda/handler.ts';
import type { Feedback, Meta, SeldonMessage } from '../runtime/model/message.ts';
import { isPlainObject } from '../runtime/objects.ts';
import { createOnce } from '../runtime/once.ts';
import { toContext } from './context.ts';
import { ENDPOINTS } from './endpoints.ts';
import { type TestAnswer, type TestRequest, toAnswer, toEvent } from './event.ts';
import { type ServedClass, toParameters } from './unit.ts';

/** Options of {@link serve}. */
export interface ServeOptions<Parameters> {
  /** Those of the constructor, by name; they replace the defaults of `static parameters`. */
  readonly parameters?: Parameters;
  /** Environment variables of the functions, as PREDICTIVE_UNIT_ID. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The folder of the model's files, for `modelFile()`; default: the folder of the models, as serverless.yml
   * says. A model that is given as a file has its files beside it.
   */
  readonly folder?: string;
}

/** Options of a payload. */
export interface PayloadOptions {
  /** The names of the columns of an array. */
  readonly names?: readonly string[];
  readonly meta?: Meta;
  readonly headers?: Readonly<Record<string, string>>;
}

type Call = (payload: unknown, options?: PayloadOptions) => Promise<TestAnswer>;

/**
 * A model that is served. A payload is sent as what it is: a list as `ndarray`, an NdArray as `tensor`, a
 * text as `strData`, bytes as `binData`, a message, such as `{ strData: 'text' }` or that of an answer, as it
 * is, and any other value as `jsonData`.
 */
export interface ServedModel {
  readonly predict: Call;
  readonly transformInput: Call;
  readonly transformOutput: Call;
  readonly route: Call;
  /** Sends one message for each payload. */
  aggregate(payloads: readonly unknown[], options?: PayloadOptions): Promise<TestAnswer>;
  sendFeedback(feedback: Feedback, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  /** Sends a whole message. */
  post(path: string, message: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  /** Sends any request. */
  send(request: TestRequest): Promise<TestAnswer>;
  /** Calls the functions with an event as it is, and gives their result. */
  invoke(event: unknown): Promise<unknown>;
}

/** Serves a model in an instance of its own. */
export function serveUnit(model: ServedClass, options: ServeOptions<object>): ServedModel {
  const { parameters, environment } = options;
  const instance = createInstance({
    environment: {
      SELDON_LOG_LEVEL: 'ERROR',
      // Metrics stay in the instance.
      METRICS_URL: '',
      STATE_URL: `memory://${randomUUID()}`,
      ...environment,
      ...(parameters !== undefined && { PREDICTIVE_UNIT_PARAMETERS: toParameters(parameters) }),
    },
    units: [model],
  });
  const opened = createOnce<Handler>();
  const invoke: ServedModel['invoke'] = async (event) =>
    (await opened(() => openHandler(instance)))(event, toContext());
  const send: ServedModel['send'] = async (request) => toAnswer(await invoke(toEvent(request)));
  const post: ServedModel['post'] = (path, body, headers = {}) =>
    send({ method: 'POST', path, headers, body });
  const call =
    (path: string): Call =>
    (payload, options = {}) =>
      post(path, toMessage(payload, options), options.headers);
  return {
    predict: call('/predict'),
    transformInput: call('/transform-input'),
    transformOutput: call('/transform-output'),
    route: call('/route'),
    aggregate: (payloads, options = {}) =>
      post(
        '/aggregate',
        payloads.map((payload) => toMessage(payload, options)),
        options.headers,
      ),
    sendFeedback: (feedback, headers) => post('/send-feedback', feedback, headers),
    post,
    get: (path, headers = {}) => send({ method: 'GET', path, headers }),
    send,
    invoke,
  };
}

/** One handler for all endpoints, as a deployment with `functions=single` has it. */
async function openHandler(instance: Instance): Promise<Handler> {
  await refuseTwoCopies();
  const imports = Object.entries(ENDPOINTS).map(([name, load]) => {
    const handler = createOnce<{ handler: Handler }>();
    const open = async () => ({ handler: await createHandler([await load()], { instance }) });
    return [name, () => handler(open)] as const;
  });
  const { handler } = await createDispatcher(
    // The entries of a table have its keys.
    Object.fromEntries(imports) as Parameters<typeof createDispatcher>[0],
    async () => ({ handler: await createHandler([], { instance }) }),
    instance,
  );
  return handler;
}

/** tsx loads a package once for files that are CommonJS, and again for what is imported later. */
async function refuseTwoCopies(): Promise<void> {
  const later = await import('../runtime/arrays/ndarray.ts');
  if (later.NdArray !== NdArray) {
    throw new Error(
      'seldon-lambda is loaded twice, as tsx does for CommonJS: run the test with vitest, or set "type": "module" in ' +
        'package.json',
    );
  }
}

function toMessage(payload: unknown, { names, meta }: PayloadOptions): SeldonMessage {
  if (isMessage(payload)) {
    const { data, binData } = payload;
    return {
      // Bytes are base64 below.
      ...(payload as SeldonMessage),
      ...(names && data && { data: { ...data, names } }),
      ...(binData instanceof Uint8Array && { binData: Buffer.from(binData).toString('base64') }),
      ...(meta && { meta: { ...payload.meta, ...meta } }),
    };
  }
  const data = (array: object) => ({ data: { ...(names && { names }), ...array } });
  return { ...(meta && { meta }), ...toPayload(payload, data) };
}

const PAYLOADS = ['data', 'strData', 'binData', 'jsonData'];
const FIELDS = [...PAYLOADS, 'meta', 'status'];

/** Whether an object has a payload of Seldon's protocol, and nothing that a message does not have. */
function isMessage(payload: unknown): payload is MessageInput {
  if (!isPlainObject(payload) || ('data' in payload && !isPlainObject(payload.data))) {
    return false;
  }
  const names = Object.keys(payload);
  return names.some((name) => PAYLOADS.includes(name)) && names.every((name) => FIELDS.includes(name));
}

function toPayload(payload: unknown, data: (array: object) => SeldonMessage): SeldonMessage {
  if (payload instanceof NdArray) {
    return data(toDefaultData(payload, 'tensor'));
  }
  if (Array.isArray(payload)) {
    return data({ ndarray: payload });
  }
  if (typeof payload === 'string') {
    return { strData: payload };
  }
  return payload instanceof Uint8Array
    ? { binData: Buffer.from(payload).toString('base64') }
    : { jsonData: payload };
}
