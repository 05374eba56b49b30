import { badData } from '../../errors.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import type { HttpRequest } from '../../http/request.ts';
import { isRecord } from '../../objects.ts';
import type { AnswerSettings, Received, Reply } from '../protocol.ts';
import { described } from '../tensors/model-name.ts';

/** The content type of an event that is one JSON text. */
const STRUCTURED = 'application/cloudevents+json';
/** The members of such an event. */
const MEMBERS = ['specversion', 'id', 'source', 'type', 'data'];

/**
 * Reads a request that is a CloudEvent, and answers it with one, as KServe's model servers do. Either its
 * attributes are headers, and its data is the body; or all of it is one JSON text.
 *
 * @param receive - receives the data of the event.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function receiveEvent(
  request: HttpRequest,
  json: unknown,
  receive: (request: HttpRequest, data: unknown) => Received<'message'>,
): Received<'message'> {
  const { headers } = request;
  const isText = isRecord(json) && 'specversion' in json;
  const received = receive(request, isText ? dataOf(json) : json);
  // As with KServe, an event whose content type is another one gets the answer alone.
  const toEvent =
    'ce-specversion' in headers
      ? toHeaders
      : isText && mediaTypeOf(headers) === STRUCTURED
        ? toText
        : undefined;
  return {
    ...received,
    async decode(unitId, accepts, describe) {
      const call = await received.decode(unitId, accepts, describe);
      const { names } = await described(describe);
      return {
        ...call,
        async encode(answer, settings) {
          const reply = await call.encode(answer, settings);
          return toEvent?.(reply, attributesOf(names, settings)) ?? reply;
        },
      };
    },
  };
}

function dataOf(event: Readonly<Record<string, unknown>>): unknown {
  const missing = MEMBERS.filter((name) => event[name] === undefined);
  if (missing.length > 0) {
    const members = MEMBERS.join(', ');
    throw badData(`the request: a CloudEvent has ${members}; this one lacks ${missing.join(', ')}`);
  }
  return event.data;
}

function attributesOf(
  [name = 'model']: readonly string[],
  { puid }: AnswerSettings,
): Readonly<Record<string, string>> {
  return {
    specversion: '1.0',
    id: puid ?? globalThis.crypto.randomUUID(),
    source: `io.kserve.inference.${encodeURIComponent(Buffer.from(name).toString())}`,
    type: 'io.kserve.inference.response',
    time: new Date().toISOString(),
  };
}

function toText({ body }: Reply, attributes: Readonly<Record<string, string>>): Reply {
  const head = JSON.stringify({ ...attributes, datacontenttype: 'application/json' }).slice(0, -1);
  return { body: `${head},"data":${body}}`, headers: { 'content-type': STRUCTURED } };
}

function toHeaders({ body, headers }: Reply, attributes: Readonly<Record<string, string>>): Reply {
  const own = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encoded(value)]);
  return { body, headers: { ...headers, ...Object.fromEntries(own) } };
}

/** Other characters than those of a header become as in a URL; half a surrogate pair becomes U+FFFD. */
function encoded(text: string): string {
  return text.replace(/[^!-~]+|["%]/g, (part) => encodeURIComponent(Buffer.from(part).toString()));
}
