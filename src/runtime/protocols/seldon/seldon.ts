import { fromNested, NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import type { ArrayPlaces } from '../../json/array-marks.ts';
import { stringify, toJsonValue } from '../../json/write-json.ts';
import type { SeldonMessage } from '../../model/message.ts';
import type { Payload } from '../../model/model.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import type { Answer, Call, Carried, Inputs, Protocol, RequestKind } from '../protocol.ts';
import { answerMeta, copyMeta } from './answer-meta.ts';
import { arrayKindFor } from './codecs/array-kind.ts';
import { ARRAY_KINDS, type Encoded, type PayloadKind } from './codecs/codec.ts';
import { codecs } from './codecs/index.ts';
import { isSeldonMessage } from './message-check.ts';
import { type CheckedFeedback, readPlainFeedback } from './plain-feedback.ts';

/** More default names than any answer has room for; an empty array may claim axes of any length. */
const MAX_COLUMNS = 2 ** 22;

/** Seldon Core v1: SeldonMessage, SeldonMessageList and Feedback as JSON. */
export const seldon: Protocol = {
  name: 'seldon',
  matches: () => true,
  arrayPlaces: (kind) => ARRAY_PLACES[kind],
  decode: (kind, json, unitId) => DECODERS[kind](json, unitId),
  encode: async (answer, carried, requestPath) => {
    const { kind, encoded } = encodePayload(answer, carried);
    const meta = answerMeta(answer, carried, requestPath);
    const names = isArrayKind(kind) ? await columnNames(answer) : undefined;
    return 'text' in encoded
      ? joinText(kind, encoded.text, names, meta)
      : stringify(join(kind, encoded.value, names, meta));
  },
  encodeError: ({ info, reason }) => ({ status: { status: 1, info, code: -1, reason } }),
};

const ARRAY_PATHS = [
  ['data', 'ndarray'],
  ['data', 'tensor', 'values'],
] as const;
/** A feedback is read as strictly as protobuf does, number by number. */
const ARRAY_PLACES: { readonly [K in RequestKind]?: ArrayPlaces } = {
  message: { paths: ARRAY_PATHS, messagesOf: (json) => [json] },
  messageList: { paths: ARRAY_PATHS, messagesOf: (json) => listOf(json) ?? [] },
};

const DECODERS: { readonly [K in RequestKind]: (json: unknown, unitId: string) => Promise<Call<K>> } = {
  none: async () => ({ input: {}, carried: { arrayKind: 'tensor', puid: undefined, metas: [] } }),

  message: async (json) => {
    const message = await readMessage(json, '');
    const { data, meta } = message;
    return {
      input: { features: readPayload(message), names: namesOf(data, ''), meta: meta ?? undefined },
      carried: { arrayKind: arrayKindFor(message), puid: meta?.puid, metas: meta ? [meta] : [] },
    };
  },

  messageList: async (json) => {
    const messages: SeldonMessage[] = [];
    for (const [index, item] of readList(json).entries()) {
      messages.push(await readMessage(item, `seldonMessages[${index}]`));
    }
    return {
      input: {
        features: messages.map(readPayload),
        names: messages.map(({ data }, index) => namesOf(data, `seldonMessages[${index}].`)),
      },
      carried: {
        arrayKind: messages.length === 0 ? undefined : arrayKindFor(messages[0]),
        puid: messages[0]?.meta?.puid,
        metas: messages.flatMap(({ meta }) => (meta ? [meta] : [])),
      },
    };
  },

  feedback: async (json, unitId) => {
    const { request, response, truth, reward } = readPlainFeedback(json) ?? (await readOtherFeedback(json));
    return {
      input: {
        features: readArray(request),
        names: namesOf(request.data, 'request.'),
        reward,
        truth: readArray(truth),
        routing: response.meta?.routing?.[unitId],
      } satisfies Inputs['feedback'],
      carried: { arrayKind: arrayKindFor(request), puid: request.meta?.puid, metas: [] },
    };
  },
};

/**
 * The schema is loaded only to say what is wrong: zod is 28 kB, a third of what a cold start would have to
 * load.
 */
async function readMessage(json: unknown, path: string): Promise<SeldonMessage> {
  // The model gets the meta and may change it; of a direct invocation it is part of the caller's event.
  if (isSeldonMessage(json)) {
    return json.meta ? { ...json, meta: copyMeta(json.meta) } : json;
  }
  if (!isRecord(json)) {
    throw invalidRequest(json);
  }
  const { explainMessage } = await import('./message-schema.ts');
  throw badData(explainMessage(json, path));
}

/** Loads the schema. */
async function readOtherFeedback(json: unknown): Promise<CheckedFeedback> {
  return (await import('./strict-feedback.ts')).readFeedback(json);
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

function readPayload(message: SeldonMessage): Payload {
  for (const codec of codecs) {
    const payload = codec.decode(message);
    if (payload !== undefined) {
      return payload;
    }
  }
  throw invalidRequest(message);
}

/** Feedback methods get arrays only: a message without `data` counts as an empty one. */
function readArray(message: SeldonMessage): NdArray {
  const array = message.data == null ? undefined : readPayload(message);
  return array instanceof NdArray ? array : fromNested([]);
}

function namesOf(data: SeldonMessage['data'], path: string): string[] {
  const names = data?.names ?? [];
  const wrong = names.findIndex((name) => typeof name !== 'string' && typeof name !== 'number');
  if (wrong >= 0) {
    throw badData(`${path}data.names[${wrong}]: expected a string, got ${show(names[wrong])}`);
  }
  return [...names];
}

function invalidRequest(json: unknown): Error {
  return badData(`Invalid request data type: ${show(json, 200)}`);
}

function encodePayload(
  { payload }: Answer,
  { arrayKind }: Carried,
): { readonly kind: PayloadKind; readonly encoded: Encoded } {
  // As in the reference, the method has been called by now.
  if (arrayKind === undefined) {
    throw badData('seldonMessages: expected at least one message, got an empty list');
  }
  for (const codec of codecs) {
    const encoded = codec.encode(payload, arrayKind);
    if (encoded !== undefined) {
      return { kind: codec.kind, encoded };
    }
  }
  throw new Error('no codec encodes this payload');
}

/** An answer; `names`: of the columns, undefined for what is no array. */
function join(kind: PayloadKind, value: unknown, names: unknown, meta: object): unknown {
  return names === undefined ? { [kind]: value, meta } : { data: { names, [kind]: value }, meta };
}

/** The same as text. */
function joinText(kind: PayloadKind, text: string, names: unknown, meta: object): string {
  const field = `"${kind}":${text}`;
  const fields = names === undefined ? field : `"data":{"names":${stringify(names)},${field}}`;
  return `{${fields},"meta":${stringify(meta)}}`;
}

function isArrayKind(kind: PayloadKind): boolean {
  return ARRAY_KINDS.some((array) => array === kind);
}

/** Names of the second axis; an array of fewer axes has none. */
async function columnNames({ payload, classNames }: Answer): Promise<unknown> {
  if (!(payload instanceof NdArray) || payload.shape.length < 2) {
    return [];
  }
  const names = await classNames();
  if (names !== undefined) {
    return toJsonValue(names instanceof NdArray ? names.toNested() : names, 'classNames');
  }
  const columns = payload.shape[1] as number;
  if (columns > MAX_COLUMNS) {
    throw badData(`an array of shape (${payload.shape}) has more columns than can be named`);
  }
  const defaults: string[] = [];
  // A loop: Array.from takes six times as long.
  for (let column = 0; column < columns; column++) {
    defaults.push(`t:${column}`);
  }
  return defaults;
}
