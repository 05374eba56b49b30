import { fromNested } from '../../arrays/from-nested.ts';
import type { Growth } from '../../arrays/growth.ts';
import { NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import { readBody } from '../../http/body.ts';
import { type ArrayPlaces, withLists } from '../../json/array-marks.ts';
import type { SeldonMessage } from '../../model/message.ts';
import type { Payload, PayloadField } from '../../model/model.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import type { Call, Inputs, ReadRequest, Received, RequestKind } from '../protocol.ts';
import { copyMeta } from './answer-meta.ts';
import { codecs } from './codecs/index.ts';
import { type Carried, encodeAnswer } from './encode-answer.ts';
import { isSeldonMessage } from './message-check.ts';

const ARRAY_PATHS = [
  ['data', 'ndarray'],
  ['data', 'tensor', 'values'],
] as const;

/**
 * The places of arrays in a request. A feedback has none: its numbers are read one by one, as strictly as
 * protobuf does.
 */
export const ARRAY_PLACES: { readonly [K in RequestKind]?: ArrayPlaces } = {
  message: { paths: ARRAY_PATHS, messagesOf: (json) => [json] },
  messageList: { paths: ARRAY_PATHS, messagesOf: (json) => listOf(json) ?? [] },
};

/**
 * Reads the JSON of a request, by its kind. It is decoded later, because a raw method gets the JSON
 * unchanged.
 */
export const READERS: { readonly [K in RequestKind]: ReadRequest<K> } = {
  none: async () => received(() => [], DECODERS.none, undefined),
  message: reader('message'),
  messageList: reader('messageList'),
  feedback: reader('feedback'),
};

function reader<K extends RequestKind>(kind: K): ReadRequest<K> {
  const places = ARRAY_PLACES[kind];
  return async (request) => {
    const json = await readBody(request, places);
    return received(() => [places ? withLists(json, places) : json], DECODERS[kind], json);
  };
}

function received<K extends RequestKind>(
  rawArguments: () => readonly unknown[],
  decoder: Decoder<K>,
  json: unknown,
): Received<K> {
  return { rawArguments, decode: (unitId, accepts) => decoder(json, unitId, accepts) };
}

/** The call that a message makes, with all that its answer needs of it. */
export function toCall<K extends RequestKind>(input: Inputs[K], carried: Carried): Call<K> {
  return { input, carried, encode: (answer, settings) => encodeAnswer(answer, carried, settings) };
}

type Decoder<K extends RequestKind> = (
  json: unknown,
  unitId: string,
  accepts: readonly PayloadField[] | undefined,
) => Promise<Call<K>>;

const DECODERS: { readonly [K in RequestKind]: Decoder<K> } = {
  none: async () => toCall({}, { arrayKind: 'tensor', puid: undefined, metas: [] }),

  message: async (json, _unitId, accepts) => {
    // Not awaited where they are there: each await costs a small call.
    const checked = readMessage(json, '', accepts);
    const message = checked instanceof Promise ? await checked : checked;
    const payload = readPayload(message, { bytes: 0 });
    const features = payload instanceof Promise ? await payload : payload;
    const { data, meta } = message;
    return toCall(
      { features, names: namesOf(data, ''), meta: meta ?? undefined },
      { arrayKind: codecs.arrayKindOf(message), puid: meta?.puid, metas: meta ? [meta] : [] },
    );
  },

  messageList: async (json, _unitId, accepts) => {
    const messages: SeldonMessage[] = [];
    for (const [index, item] of readList(json).entries()) {
      messages.push(await readMessage(item, `seldonMessages[${index}]`, accepts));
    }
    const [first] = messages;
    const growth: Growth = { bytes: 0 };
    const features: Payload[] = [];
    // One after the other: of two that fail at once, nobody would wait for the second.
    for (const message of messages) {
      const payload = readPayload(message, growth);
      features.push(payload instanceof Promise ? await payload : payload);
    }
    return toCall(
      {
        features,
        names: messages.map(({ data }, index) => namesOf(data, `seldonMessages[${index}].`)),
      },
      {
        arrayKind: first === undefined ? undefined : codecs.arrayKindOf(first),
        puid: first?.meta?.puid,
        metas: messages.flatMap(({ meta }) => (meta ? [meta] : [])),
      },
    );
  },

  feedback: async (json, unitId) => {
    // Loaded only here: eleven of the twelve functions get no feedback.
    const { readFeedback } = await import('./plain-feedback.ts');
    const { request, response, truth, reward } = await readFeedback(json);
    const routing = response.meta?.routing ?? {};
    const growth: Growth = { bytes: 0 };
    return toCall<'feedback'>(
      {
        features: await readArray(request, growth),
        names: namesOf(request.data, 'request.'),
        reward,
        truth: await readArray(truth, growth),
        // A unit may have the name of something that every object has, such as `constructor`.
        routing: Object.hasOwn(routing, unitId) ? routing[unitId] : undefined,
      },
      { arrayKind: codecs.arrayKindOf(request), puid: request.meta?.puid, metas: [], omitsNames: true },
    );
  },
};

/**
 * Checks a message, and that its payload is in one of the fields that the model takes. The schema is loaded
 * only to explain what is wrong: zod is 28 kB, a third of the code of a cold start.
 */
export function readMessage(
  json: unknown,
  path: string,
  accepts: readonly PayloadField[] | undefined,
): SeldonMessage | Promise<never> {
  if (!isSeldonMessage(json)) {
    if (!isRecord(json)) {
      throw invalidRequest(json);
    }
    return refuse(json, path);
  }
  if (accepts !== undefined && !codecs.isTaken(json, accepts)) {
    return refuseKind(json, path, accepts);
  }
  // A copy, because the model may change its meta; in a direct invocation the meta is part of the caller's
  // event.
  return json.meta ? { ...json, meta: copyMeta(json.meta) } : json;
}

async function refuse(json: unknown, path: string): Promise<never> {
  const { explainMessage } = await import('./message-schema.ts');
  throw badData(explainMessage(json, path));
}

async function refuseKind(
  message: SeldonMessage,
  path: string,
  accepts: readonly PayloadField[],
): Promise<never> {
  const { notTaken } = await import('./not-taken.ts');
  throw notTaken(message, path, accepts);
}

function readList(json: unknown): readonly unknown[] {
  const list = listOf(json);
  if (list === undefined) {
    throw invalidRequest(json);
  }
  return list;
}

function listOf(json: unknown): readonly unknown[] | undefined {
  const list =
    typeof json === 'object' && json !== null && 'seldonMessages' in json ? json.seldonMessages : json;
  return Array.isArray(list) ? list : undefined;
}

/** Decodes a message's payload. */
export function readPayload(message: SeldonMessage, growth: Growth): Payload | Promise<Payload> {
  const payload = codecs.decode(message, growth);
  if (payload === undefined) {
    throw invalidRequest(message);
  }
  return payload;
}

/**
 * Reads the array of a message; a message without `data` has an empty one. Feedback methods get arrays only.
 */
async function readArray(message: SeldonMessage, growth: Growth): Promise<NdArray> {
  const array = message.data == null ? undefined : await readPayload(message, growth);
  return array instanceof NdArray ? array : fromNested([]);
}

/** The names of a message's columns. `path`: of the message, for the error. */
export function namesOf(data: SeldonMessage['data'], path: string): string[] {
  const names = data?.names ?? [];
  const wrong = names.findIndex((name) => !['string', 'number', 'bigint'].includes(typeof name));
  if (wrong >= 0) {
    throw badData(`${path}data.names[${wrong}]: expected a string, got ${show(names[wrong])}`);
  }
  return [...names];
}

function invalidRequest(json: unknown): Error {
  return badData(`Invalid request data type: ${show(json, 200)}`);
}
