import { randomUUID } from 'node:crypto';
import { deadlineOf, monotonicMs } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { readBody, readBytes } from '../../http/body.ts';
import { isJsonType, mediaTypeOf } from '../../http/media-type.ts';
import type { HttpRequest, HttpResponse } from '../../http/request.ts';
import type { Invocation } from '../../invocation.ts';
import { decodeText } from '../../json/decode-text.ts';
import { stringify } from '../../json/write-json.ts';
import type { Log } from '../../log.ts';
import { createOnce } from '../../once.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Send } from './sinks/sink.ts';

const REQUEST = 'io.seldon.serving.inference.request';
const RESPONSE = 'io.seldon.serving.inference.response';
const FEEDBACK = 'io.seldon.serving.feedback';

/** A call whose payloads are to be logged. */
export interface LoggedPayloads {
  /** The method's name in the metrics: `predict`, `feedback`, ... */
  readonly method: string;
  readonly request: HttpRequest;
  /** Undefined when the call failed; then only its request is logged. */
  readonly response: HttpResponse | undefined;
  readonly invocation: Invocation;
  readonly unitId: string | undefined;
  /** The event that is left out; default: none. */
  readonly without?: 'request' | 'response' | undefined;
}

/** Sends payloads to PAYLOAD_LOG_URL. */
export interface PayloadLog {
  /**
   * Sends a call's payloads as CloudEvents, like Seldon's orchestrator: request and response, or the
   * feedback. Takes at most PAYLOAD_LOG_TIMEOUT_MS, and never fails.
   *
   * @returns the number of events that could not be sent; they are logged.
   */
  send(call: LoggedPayloads): Promise<number>;
}

/** The values of Seldon-Skip-Logging that the executor knows. */
const SKIPPED = /^(true|on|1)$/i;

/** Makes an instance's payload log; the sink is opened at the first call. */
export function createPayloadLog({ config, log }: { config: Config; log: Log }): PayloadLog {
  const { PAYLOAD_LOG_URL: url = '', PAYLOAD_LOG_TIMEOUT_MS } = config;
  const sink = createOnce<Send>();
  const open = () => sink(async () => (await import('./sinks/index.ts')).openSink(url, config));
  return {
    async send(call) {
      const { method, request, invocation } = call;
      if (method === 'health' || SKIPPED.test(request.headers['seldon-skip-logging'] ?? '')) {
        return 0;
      }
      const deadline = Math.min(monotonicMs() + PAYLOAD_LOG_TIMEOUT_MS, deadlineOf(invocation.remainingMs));
      const events = await toEvents(call, config);
      const results = await Promise.allSettled(
        events.map(async (event) => (await open())(event, deadline - monotonicMs())),
      );
      const failures = results.filter((result) => result.status === 'rejected');
      for (const { reason } of failures) {
        log.warn('a payload could not be logged', {}, reason);
      }
      return failures.length;
    },
  };
}

async function toEvents(call: LoggedPayloads, config: Config): Promise<CloudEvent[]> {
  const { method, response } = call;
  const common = commonOf(call, config);
  const asked = {
    ...withLength(common, call.request.headers),
    id: randomUUID(),
    ...(await payloadOf(call, config)),
  };
  if (method === 'feedback') {
    return [{ ...asked, type: FEEDBACK }];
  }
  const events = call.without === 'request' ? [] : [{ ...asked, type: REQUEST }];
  if (response === undefined || call.without === 'response') {
    return events;
  }
  const { headers, body, isOpaque } = response;
  // Text that a model passed through may not match its content type.
  const data = isOpaque && typeof body === 'string' ? Buffer.from(body) : body;
  const answered = { datacontenttype: typeOf(headers), data };
  return [...events, { ...withLength(common, headers), id: randomUUID(), type: RESPONSE, ...answered }];
}

/** The header of bodies that are JSON up to this length, and bytes behind it. */
const JSON_LENGTH = 'inference-header-content-length';

/** Adds the length of the JSON to the event of a body that has bytes behind it. */
function withLength<T extends Pick<CloudEvent, 'extensions'>>(common: T, headers: HttpRequest['headers']): T {
  const { [JSON_LENGTH]: jsonlength } = headers;
  return jsonlength ? { ...common, extensions: { ...common.extensions, jsonlength } } : common;
}

/** The attributes that all events of a call share. */
function commonOf({ invocation: { puid }, unitId }: LoggedPayloads, config: Config) {
  const { SELDON_NAMESPACE: namespace, SELDON_DEPLOYMENT_ID, PREDICTOR_ID } = config;
  const names = {
    modelid: unitId,
    requestid: puid,
    inferenceservicename: SELDON_DEPLOYMENT_ID,
    namespace,
    endpoint: PREDICTOR_ID,
  };
  const path = [namespace, SELDON_DEPLOYMENT_ID, PREDICTOR_ID, unitId];
  return {
    source: ['/seldon', ...path.map((part) => encodeURIComponent(part || '0'))].join('/'),
    time: new Date().toISOString(),
    extensions: Object.fromEntries(
      Object.entries(names).filter((entry): entry is [string, string] => Boolean(entry[1])),
    ),
  };
}

/** The message of a request as JSON, in whatever form it came; a message that cannot be read, as it came. */
async function payloadOf(call: LoggedPayloads, config: Config): Promise<Payload> {
  const { request, response } = call;
  const { body } = request;
  try {
    if (JSON_LENGTH in request.headers) {
      return { datacontenttype: 'application/octet-stream', data: readBytes(request) };
    }
    const text = jsonTextOf(request);
    if (text !== undefined && (wasRead(call, config) ? !NOT_STRICT.test(text) : isStrict(text))) {
      return { ...JSON_TYPE, data: text };
    }
    return { ...JSON_TYPE, data: stringify(await readBody(request)) };
  } catch {
    // Some protocols read JSON whatever its content type is.
    const text = response === undefined ? undefined : Buffer.from(body ?? '').toString();
    if (text && isStrict(text)) {
      return { ...JSON_TYPE, data: text };
    }
    return {
      datacontenttype: typeof body === 'string' ? 'text/plain' : 'application/octet-stream',
      data: body ?? '',
    };
  }
}

/** Python's words for numbers, and a byte order mark: read like JSON, but not JSON. */
const NOT_STRICT = /NaN|Infinity|^\ufeff/;

function jsonTextOf({ body, headers }: HttpRequest): string | undefined {
  if (!body?.length || !isJsonType(mediaTypeOf(headers))) {
    return undefined;
  }
  return typeof body === 'string' ? body : decodeText(body);
}

/** Whether the call has parsed the body, so that it need not be parsed again. */
function wasRead({ request, response }: LoggedPayloads, { PAYLOAD_PASSTHROUGH }: Config): boolean {
  return response !== undefined && !PAYLOAD_PASSTHROUGH && request.query.json === undefined;
}

type Payload = Pick<CloudEvent, 'datacontenttype' | 'data'>;

const JSON_TYPE = { datacontenttype: 'application/json' };

/** Whether text is valid JSON: some callers send NaN, or a byte order mark. */
function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The content type without its parameters, in its original case. */
function typeOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? 'application/octet-stream').split(';', 1)[0]?.trim() as string;
}
