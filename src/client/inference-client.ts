import { isRecord } from '../runtime/objects.ts';
import { show } from '../runtime/show.ts';
import { readDivided } from './binary-tensors.ts';
import { callHost, type HostCall, type Replied } from './call-host.ts';
import { SeldonClientError } from './error.ts';
import { InferAnswer } from './infer-answer.ts';
import type { InferInput } from './infer-input.ts';
import { type InferRequestOptions, toInferBody } from './infer-request.ts';
import type { ModelMetadata, ServerMetadata } from './inference-metadata.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import { parseJson } from './parse-json.ts';
import { readSettings, withOptions } from './settings.ts';

/** Settings of a client of the Open Inference Protocol. */
export interface InferenceClientOptions extends Omit<ClientOptions, 'arrays'> {
  /** Whether tensors are bytes behind the JSON, there and back; default: false. MLServer does not know it. */
  readonly binary?: boolean | undefined;
}

/** Settings of one call. */
export type InferenceCallOptions = Omit<CallOptions, 'arrays'>;

/** Settings of one call that is about a model. */
export interface ModelOptions extends InferenceCallOptions {
  /** One of the model's versions; default: the server chooses. */
  readonly version?: string | undefined;
}

/** Settings of one call of `infer`. */
export interface InferOptions extends ModelOptions, InferRequestOptions {}

/**
 * Calls of a server of the Open Inference Protocol, version 2: seldon-lambda, KServe, Triton, MLServer. Each
 * rejects with a SeldonClientError when it is answered with an error or not at all, with a TypeError for a
 * wrong argument, and with the signal's reason when it is aborted.
 */
export interface InferenceClient {
  /** Calls a model with named tensors. */
  infer(model: string, inputs: readonly InferInput[], options?: InferOptions): Promise<InferAnswer>;
  /** The inputs and outputs of a model, with their datatypes and shapes. */
  modelMetadata(model: string, options?: ModelOptions): Promise<ModelMetadata>;
  /** The server's name, version and extensions. */
  serverMetadata(options?: InferenceCallOptions): Promise<ServerMetadata>;
  /**
   * Whether a model can serve; false for a name that the server does not know. Sent once, unless `retries`
   * says otherwise.
   */
  isModelReady(model: string, options?: ModelOptions): Promise<boolean>;
  /** Whether the server can serve. Sent once, unless `retries` says otherwise. */
  isServerReady(options?: InferenceCallOptions): Promise<boolean>;
  /** Whether the server is there. Sent once, unless `retries` says otherwise. */
  isServerLive(options?: InferenceCallOptions): Promise<boolean>;
}

/**
 * Opens a client of a server of the Open Inference Protocol. It makes no request yet, and has nothing to
 * close.
 *
 * @param url - address before `/v2`, with the stage and base path of the server. In a browser it may be a
 *   path of the page's own host.
 * @throws TypeError for an option that is wrong.
 * @example
 * const server = inferenceClient('http://localhost:9000', { binary: true });
 * const data = new Float32Array([5.1, 3.5, 1.4, 0.2]);
 * const answer = await server.infer('iris', [{ name: 'x', data, shape: [1, 4] }]);
 * answer.output('output-0').data; // Float64Array
 */
export function inferenceClient(url: string | URL, options: InferenceClientOptions = {}): InferenceClient {
  refuseArrays(options);
  const settings = readSettings(url, options);
  const isBinary = readBinary(options.binary, false);

  function call(
    own: InferenceCallOptions,
    request: Pick<HostCall, 'path'> & Partial<HostCall>,
  ): Promise<Replied> {
    refuseArrays(own);
    return callHost(withOptions(settings, own), { method: 'GET', ...own, ...request });
  }

  async function describe(path: string, own: InferenceCallOptions): Promise<unknown> {
    const replied = await call(own, { path });
    const json = parseJson(replied.text);
    if (!isRecord(json)) {
      throw replied.toError();
    }
    return json;
  }

  async function isGood(path: string, own: InferenceCallOptions, bad: readonly number[]): Promise<boolean> {
    try {
      await call({ ...own, retries: own.retries ?? 0 }, { path });
      return true;
    } catch (error) {
      if (error instanceof SeldonClientError && isNo(error, bad)) {
        return false;
      }
      throw error;
    }
  }

  return {
    async infer(model, inputs, own = {}) {
      const path = `${pathOf(model, own)}/infer`;
      const { body, headers: bodyHeaders } = toInferBody(inputs, {
        ...own,
        binary: readBinary(own.binary, isBinary),
      });
      const replied = await call(own, { method: 'POST', path, body, bodyHeaders, readContent: readDivided });
      try {
        return new InferAnswer(replied, replied);
      } catch (error) {
        throw replied.toError((error as Error).message);
      }
    },
    modelMetadata: async (model, own = {}) => (await describe(pathOf(model, own), own)) as ModelMetadata,
    serverMetadata: async (own = {}) => (await describe('/v2', own)) as ServerMetadata,
    isModelReady: async (model, own = {}) => isGood(`${pathOf(model, own)}/ready`, own, [400, 404, 503]),
    isServerReady: (own = {}) => isGood('/v2/health/ready', own, [400, 503]),
    isServerLive: (own = {}) => isGood('/v2/health/live', own, [400, 503]),
  };
}

/** Whether an error is the answer no. A 404 is one if the server itself does not know the model. */
function isNo({ status, body }: SeldonClientError, bad: readonly number[]): boolean {
  if (status === 404 && bad.includes(status)) {
    const json = parseJson(body ?? '');
    return body === '' || (isRecord(json) && 'error' in json);
  }
  return status !== undefined && bad.includes(status);
}

function pathOf(model: string, { version }: ModelOptions): string {
  return `/v2/models/${segment(model, 'model')}${version === undefined ? '' : `/versions/${segment(version, 'version')}`}`;
}

function segment(text: unknown, place: string): string {
  if (typeof text !== 'string' || text === '') {
    throw new TypeError(`${place}: expected a text that is not empty, got ${show(text)}`);
  }
  return encodeURIComponent(text);
}

function readBinary(value: unknown, byDefault: boolean): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new TypeError('binary: expected true or false');
  }
  return value ?? byDefault;
}

/** An option of the client of Seldon's protocol. */
function refuseArrays(options: object): void {
  if ('arrays' in options) {
    throw new TypeError("arrays: expected only in a client of Seldon's protocol; here, see binary");
  }
}
