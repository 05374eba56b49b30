import { randomUUID } from 'node:crypto';
import { deadlineOf, monotonicMs } from '../../clock.ts';
import type { Config } from '../../config.ts';
import { readBody } from '../../http/body.ts';
import type { HttpRequest, HttpResponse } from '../../http/request.ts';
import type { Invocation } from '../../invocation.ts';
import { log } from '../../log.ts';
import { type CloudEvent, isJson } from './cloud-event.ts';
import type { Send } from './sinks/sink.ts';

const REQUEST = 'io.seldon.serving.inference.request';
const RESPONSE = 'io.seldon.serving.inference.response';
const FEEDBACK = 'io.seldon.serving.feedback';

let opened: Promise<Send> | undefined;

/**
 * Sends a call's payloads to PAYLOAD_LOG_URL as CloudEvents, as the orchestrator did: request and response,
 * or the feedback. Takes at most PAYLOAD_LOG_TIMEOUT_MS, and never fails.
 *
 * @param response - undefined: the call failed; then there is its request only.
 * @returns how many events could not be sent; they are logged.
 */
export async function logPayloads(
  method: string,
  request: HttpRequest,
  response: HttpResponse | undefined,
  config: Config,
  invocation: Invocation,
): Promise<number> {
  const { PAYLOAD_LOG_URL: url = '', PAYLOAD_LOG_TIMEOUT_MS } = config;
  if (method === 'health' || request.headers['seldon-skip-logging']?.toLowerCase() === 'true') {
    return 0;
  }
  const deadline = Math.min(monotonicMs() + PAYLOAD_LOG_TIMEOUT_MS, deadlineOf(invocation.remainingMs));
  const events = await toEvents(method, request, response, config, invocation);
  const results = await Promise.allSettled(
    events.map(async (event) => (await open(url, config))(event, deadline - monotonicMs())),
  );
  const failures = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failures) {
    log('warn', 'a payload could not be logged', {}, reason);
  }
  return failures.length;
}

async function toEvents(
  method: string,
  request: HttpRequest,
  response: HttpResponse | undefined,
  config: Config,
  { puid }: Invocation,
): Promise<CloudEvent[]> {
  const { SELDON_NAMESPACE: namespace, SELDON_DEPLOYMENT_ID, PREDICTOR_ID, PREDICTIVE_UNIT_ID } = config;
  const names = {
    modelid: PREDICTIVE_UNIT_ID,
    requestid: puid,
    inferenceservicename: SELDON_DEPLOYMENT_ID,
    namespace,
    endpoint: PREDICTOR_ID,
  };
  const path = [namespace, SELDON_DEPLOYMENT_ID, PREDICTOR_ID, PREDICTIVE_UNIT_ID];
  const common = {
    source: ['/seldon', ...path.map((part) => encodeURIComponent(part || '0'))].join('/'),
    time: new Date().toISOString(),
    extensions: Object.fromEntries(
      Object.entries(names).filter((entry): entry is [string, string] => Boolean(entry[1])),
    ),
  };
  const asked = { ...common, id: randomUUID(), ...(await payloadOf(request)) };
  if (method === 'feedback') {
    return [{ ...asked, type: FEEDBACK }];
  }
  const events = [{ ...asked, type: REQUEST }];
  if (response === undefined) {
    return events;
  }
  const { headers, body, isOpaque } = response;
  // A model's own text need not be what its type says.
  const data = isOpaque && typeof body === 'string' ? Buffer.from(body) : body;
  const answered = { datacontenttype: mediaTypeOf(headers), data };
  return [...events, { ...common, id: randomUUID(), type: RESPONSE, ...answered }];
}

/** A request's message as JSON, however it came; what cannot be read, as it came. */
async function payloadOf(request: HttpRequest): Promise<Payload> {
  const { body, headers } = request;
  if (typeof body === 'string' && isJson(mediaTypeOf(headers)) && isStrict(body)) {
    return { ...JSON_TYPE, data: body };
  }
  try {
    return { ...JSON_TYPE, data: JSON.stringify(await readBody(request)) };
  } catch {
    return {
      datacontenttype: typeof body === 'string' ? 'text/plain' : 'application/octet-stream',
      data: body ?? '',
    };
  }
}

type Payload = Pick<CloudEvent, 'datacontenttype' | 'data'>;

const JSON_TYPE = { datacontenttype: 'application/json' };

/** Some callers' JSON has NaN, or a byte order mark. */
function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function mediaTypeOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? 'application/octet-stream').split(';', 1)[0]?.trim() as string;
}

function open(url: string, config: Config): Promise<Send> {
  opened ??= import('./sinks/index.ts')
    .then(({ openSink }) => openSink(url, config))
    .catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
  return opened;
}
