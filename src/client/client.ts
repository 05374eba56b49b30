import { stringify } from '../runtime/json/write-json.ts';
import type { Metadata } from '../runtime/model/metadata.ts';
import { isRecord } from '../runtime/objects.ts';
import { Answer } from './answer.ts';
import { callHost, type HostCall, type Replied } from './call-host.ts';
import { type FeedbackInput, toFeedback } from './feedback.ts';
import { type Input, toMessage } from './input.ts';
import type { CallOptions, ClientOptions, PayloadOptions } from './options.ts';
import { parseJson } from './parse-json.ts';
import { type PathName, pathOf } from './paths.ts';
import { readSettings, type Settings, withOptions } from './settings.ts';

/**
 * Calls of a served model. Each rejects with a SeldonClientError when it is answered with an error or not at
 * all, with a TypeError for a wrong argument, and with the signal's reason when it is aborted.
 */
export interface Client {
  predict(input: Input, options?: PayloadOptions): Promise<Answer>;
  transformInput(input: Input, options?: PayloadOptions): Promise<Answer>;
  transformOutput(input: Input, options?: PayloadOptions): Promise<Answer>;
  /** The `branch` of the answer is the chosen child. */
  route(input: Input, options?: PayloadOptions): Promise<Answer>;
  /** Combines the answers of several models. */
  aggregate(inputs: readonly Input[], options?: PayloadOptions): Promise<Answer>;
  /**
   * Tells the model how good an answer was. It is sent with an `Idempotency-Key`, the same in each try, so
   * that a model that keeps its state in a store learns once.
   */
  feedback(feedback: FeedbackInput, options?: PayloadOptions): Promise<Answer>;
  /** The model's own description. */
  metadata(options?: CallOptions): Promise<Metadata>;
  /** Asks the model for its health. Sent once, unless `retries` says otherwise: 503 is an answer here. */
  health(options?: CallOptions): Promise<Answer>;
}

/**
 * Opens a client of a served model. It makes no request yet, and has nothing to close.
 *
 * @param url - address of the model, with its stage and base path. If it ends with
 *   `/seldon/<namespace>/<deployment>`, the paths of Seldon's ingress are called. In a browser it may be a
 *   path of the page's own host.
 * @throws TypeError for an option that is wrong.
 * @example
 * const iris = client('http://localhost:9000');
 * const { array } = await iris.predict([[5.1, 3.5, 1.4, 0.2]]);
 * array.data; // Float64Array
 */
export function client(url: string | URL, options: ClientOptions = {}): Client {
  const settings = readSettings(url, options);

  async function get(name: PathName, own: CallOptions): Promise<Answered> {
    return ask(withOptions(settings, own), { ...own, method: 'GET', path: pathOf(settings.base, name) });
  }

  async function post(
    name: PathName,
    own: PayloadOptions,
    toValue: (options: PayloadOptions & Settings) => unknown,
  ): Promise<Answer> {
    const full = { ...own, ...withOptions(settings, own) };
    const path = pathOf(settings.base, name);
    const body = stringify(toValue(full));
    const { message, replied } = await ask(full, { ...own, method: 'POST', path, body });
    return new Answer(message, replied);
  }

  const onMessage =
    (name: PathName) =>
    (input: Input, own: PayloadOptions = {}) =>
      post(name, own, (full) => toMessage(input, full));

  return {
    predict: onMessage('predict'),
    transformInput: onMessage('transformInput'),
    transformOutput: onMessage('transformOutput'),
    route: onMessage('route'),
    aggregate: (inputs, own = {}) =>
      post('aggregate', own, (full) => ({
        seldonMessages: inputs.map((input, index) => toMessage(input, full, `inputs[${index}]`)),
      })),
    feedback: (feedback, own = {}) =>
      post('feedback', { ...own, idempotencyKey: own.idempotencyKey ?? randomKey() }, (full) =>
        toFeedback(feedback, full),
      ),
    // The answer of /metadata is no message; a client takes it as the host says it.
    metadata: async (own = {}) => (await get('metadata', own)).message as unknown as Metadata,
    async health(own = {}) {
      const { message, replied } = await get('health', { ...own, retries: own.retries ?? 0 });
      return new Answer(message, replied);
    },
  };
}

/** A reply with the message in it. */
interface Answered {
  readonly message: Record<string, unknown>;
  readonly replied: Replied;
}

async function ask(settings: Settings, call: HostCall): Promise<Answered> {
  const replied = await callHost(settings, call);
  const message = parseJson(replied.text);
  if (!isRecord(message) || isFailure(message)) {
    throw replied.toError();
  }
  return { message, replied };
}

/** Seldon's orchestrator may answer 200 with a failure in the message. */
function isFailure({ status }: Record<string, unknown>): boolean {
  return isRecord(status) && (status.status === 1 || status.status === 'FAILURE');
}

/** 128 random bits. Not crypto.randomUUID, which a page has only if it came by https. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
