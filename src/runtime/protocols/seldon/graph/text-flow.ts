import { type Lent, lend } from '../../../arrays/borrowed.ts';
import { Data, NestedLists } from '../../../arrays/forms.ts';
import { NdArray } from '../../../arrays/ndarray.ts';
import { readBody } from '../../../http/body.ts';
import { isJsonType, mediaTypeOf } from '../../../http/media-type.ts';
import type { HttpRequest } from '../../../http/request.ts';
import { copyJson } from '../../../json/copy-json.ts';
import { decodeText } from '../../../json/decode-text.ts';
import { stringify } from '../../../json/write-json.ts';
import type { Meta, SeldonMessage } from '../../../model/message.ts';
import type { Payload, PayloadField } from '../../../model/model.ts';
import type { ArrayKind } from '../../../model/payload-kinds.ts';
import type { Reply } from '../../protocol.ts';
import { codecs } from '../codecs/index.ts';
import { ARRAY_PLACES, namesOf, readMessage, readPayload } from '../read-request.ts';
import { JSON_TYPE, MessageFlow, type OwnMessage, type Routing } from './message-flow.ts';

/** A message that came as text: the request of a graph, or the answer of a unit elsewhere. */
export class TextFlow extends MessageFlow {
  readonly #request: HttpRequest;
  #json: Promise<unknown> | undefined;
  #payload: Promise<Decoded> | undefined;

  constructor(request: HttpRequest) {
    super();
    this.#request = request;
  }

  override async request(): Promise<HttpRequest> {
    return this.#request;
  }

  override async reply(): Promise<Reply> {
    const { message, body = '', headers } = this.#request;
    if (message !== undefined) {
      return { body: stringify(message) };
    }
    const type = headers['content-type'];
    return { body, ...(type !== undefined && { headers: { 'content-type': type } }) };
  }

  override async decode(place: string, accepts?: readonly PayloadField[]): Promise<OwnMessage> {
    const read = readMessage(await this.#read(), place, accepts);
    const message = read instanceof Promise ? await read : read;
    this.#payload ??= decodeOnce(message);
    const decoded = await this.#payload;
    const arrayKind = codecs.arrayKindOf(message);
    return {
      features: copyOf(decoded, arrayKind),
      names: namesOf(message.data, place === '' ? '' : `${place}.`),
      meta: message.meta ? copyJson<Meta>(message.meta) : undefined,
      status: message.status,
      arrayKind,
      grownBytes: decoded.grownBytes,
    };
  }

  override async route(): Promise<unknown> {
    const { routeIn } = await import('./route-in.ts');
    return routeIn(await readBody(this.#request));
  }

  override async item(): Promise<MessageFlow> {
    const { message, body = '', headers } = this.#request;
    if (message === undefined && !isJsonType(mediaTypeOf(headers))) {
      // The form of a caller; or JSON whose sender calls it something else.
      return ofText((await this.#text()) ?? body).item();
    }
    await this.#read();
    return this;
  }

  override async withRouting(routing: Routing): Promise<MessageFlow> {
    // Few units are elsewhere below a router.
    const { setMember } = await import('../../../json/set-member.ts');
    const given = await this.#text();
    const text = given && setMember(given, ['meta', 'routing'], JSON.stringify(routing));
    return text === undefined ? this : ofText(text);
  }

  /** The JSON, parsed once for all readers; the message of a direct invocation belongs to the caller. */
  #read(): Promise<unknown> {
    this.#json ??= readBody(this.#request, ARRAY_PLACES.message);
    return this.#json;
  }

  /** The JSON text; undefined for a message that cannot be read, which passes as it is. */
  async #text(): Promise<string | undefined> {
    const { message, body, headers } = this.#request;
    try {
      if (message === undefined && body?.length && isJsonType(mediaTypeOf(headers))) {
        return typeof body === 'string' ? body : decodeText(body);
      }
      return stringify(message ?? (await readBody(this.#request)));
    } catch {
      return undefined;
    }
  }
}

/**
 * The message of a request from outside, in its body. Without a content type it is JSON, as for the executor;
 * a message in the query is read before the body, and units elsewhere get no query.
 */
export function ofCaller(request: HttpRequest): TextFlow {
  const { headers, message, query } = request;
  const [json, another] = query.json ?? [];
  const isInQuery = json && !another && !mediaTypeOf(headers).includes('form-');
  return new TextFlow(
    isInQuery || (message === undefined && headers['content-type'] === undefined)
      ? { ...request, headers: { ...headers, ...JSON_TYPE }, ...(isInQuery && { body: json, query: {} }) }
      : request,
  );
}

/** A message of JSON text. */
export function ofText(body: string | Uint8Array, headers: HttpRequest['headers'] = JSON_TYPE): TextFlow {
  return new TextFlow({ method: 'POST', path: '', query: {}, headers, body });
}

/** The payload of a message, for all of its readers. */
interface Decoded {
  readonly payload: Payload;
  readonly grownBytes: number;
  /** Of its numbers, if it is lent. */
  readonly known: Lent;
}

async function decodeOnce(message: SeldonMessage): Promise<Decoded> {
  const growth = { bytes: 0 };
  return { payload: await readPayload(message, growth), grownBytes: growth.bytes, known: {} };
}

/**
 * Copies a payload for a reader who may change it, in the form in which a request would bring it; numbers are
 * copied only when they are to be changed.
 */
function copyOf({ payload, known }: Decoded, kind: ArrayKind): Payload {
  if (payload instanceof Uint8Array) {
    return Buffer.from(payload);
  }
  if (!(payload instanceof NdArray)) {
    return copyJson(payload);
  }
  const { shape, dtype } = payload;
  if (dtype === 'float64' && kind !== 'tftensor') {
    const as = kind === 'tensor' ? 'flat' : 'nested';
    return lend(payload.data as Float64Array, shape, as, known);
  }
  if (kind === 'ndarray') {
    return new NdArray(shape.slice(), dtype, new NestedLists(copyJson(payload.toNested())));
  }
  const { data } = payload;
  return new NdArray(
    shape.slice(),
    dtype,
    new Data(Array.isArray(data) ? data.map(copyElement) : data.slice()),
  );
}

function copyElement(element: unknown): unknown {
  return element instanceof Uint8Array ? Buffer.from(element) : copyJson(element);
}
