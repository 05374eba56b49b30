import { fromNested } from '../../arrays/from-nested.ts';
import { NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import { readBody } from '../../http/body.ts';
import { type ArrayPlaces, withLists } from '../../json/array-marks.ts';
import type { SeldonMessage } from '../../model/message.ts';
import type { Payload } from '../../model/model.ts';
import { isRecord } from '../../objects.ts';
import { show } from '../../show.ts';
import type { Inputs, ReadRequest, Received, RequestKind } from '../protocol.ts';
import { copyMeta } from './answer-meta.ts';
import { codecs } from './codecs/index.ts';
import { type Carried, encodeAnswer } from './encode-answer.ts';
import { isSeldonMessage } from './message-check.ts';
import { type CheckedFeedback, readPlainFeedback } from './plain-feedback.ts';

const ARRAY_PATHS = [
  ['data', 'ndarray'],
  ['data', 'tensor', 'values'],
] as const;

/**
 * The places of arrays in a request. A feedback has none: its numbers are read one by one, as strictly as
 * protobuf does.
 */
const ARRAY_PLACES: { readonly [K in RequestKind]?: ArrayPlaces } = {
  message: { paths: ARRAY_PATHS, messagesOf: (json) => [json] },
  messageList: { paths: ARRAY_PATHS, messagesOf: (json) => listOf(json) ?? [] },
};

/** A decoded message: the method's input, and the parts that go into the answer. */
interface Decoded<K extends RequestKind> {
  readonly input: Inputs[K];
  readonly carried: Carried;
}

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
  return {
    rawArguments,
    async decode(unitId) {
      const { input, carried } = await decoder(json, unitId);
      return { input, encode: (answer, settings) => encodeAnswer(answer, carried, settings) };
    },
  };
}

type Decoder<K extends RequestKind> = (json: unknown, unitId: string) => Promise<Decoded<K>>;

const DECODERS: { readonly [K in RequestKind]: Decoder<K> } = {
  none: async () => ({ input: {}, carried: { arrayKind: 'tensor', puid: undefined, metas: [] } }),

  message: async (json) => {
    const message = await readMessage(json, '');
    const { data, meta } = message;
    return {
      input: { features: await readPayload(message), names: namesOf(data, ''), meta: meta ?? undefined },
      carried: { arrayKind: codecs.arrayKindOf(message), puid: meta?.puid, metas: meta ? [meta] : [] },
    };
  },

  messageList: async (json) => {
    const messages: SeldonMessage[] = [];
    for (const [index, item] of readList(json).entries()) {
      messages.push(await readMessage(item, `seldonMessages[${index}]`));
    }
    const [first] = messages;
    return {
      input: {
        features: await Promise.all(messages.map(readPayload)),
        names: messages.map(({ data }, index) => namesOf(data, `seldonMessages[${index}].`)),
      },
      carried: {
        arrayKind: first === undefined ? undefined : codecs.arrayKindOf(first),
        puid: first?.meta?.puid,
        metas: messages.flatMap(({ meta }) => (meta ? [meta] : [])),
      },
    };
  },

  feedback: async (json, unitId) => {
    const { request, response, truth, reward } = readPlainFeedback(json) ?? (await readOtherFeedback(json));
    return {
      input: {
        features: await readArray(request),
        names: namesOf(request.data, 'request.'),
        reward,
        truth: await readArray(truth),
        routing: response.meta?.routing?.[unitId],
      } satisfies Inputs['feedback'],
      carried: { arrayKind: codecs.arrayKindOf(request), puid: request.meta?.puid, metas: [] },
    };
  },
};

/**
 * Checks a message. The schema is loaded only to explain what is wrong: zod is 28 kB, a third of the code of
 * a cold start.
 */
async function readMessage(json: unknown, path: string): Promise<SeldonMessage> {
  // A copy, because the model may change its meta; in a direct invocation the meta is part of the caller's
  // event.
  if (isSeldonMessage(json)) {
    return json.meta ? { ...json, meta: copyMeta(json.meta) } : json;
  }
  if (!isRecord(json)) {
    throw invalidRequest(json);
  }
  const { explainMessage } = await import('./message-schema.ts');
  throw badData(explainMessage(json, path));
}

/** Reads a feedback by the schema, which is loaded only here. */
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

function readPayload(message: SeldonMessage): Payload | Promise<Payload> {
  const payload = codecs.decode(message);
  if (payload === undefined) {
    throw invalidRequest(message);
  }
  return payload;
}

/**
 * Reads the array of a message; a message without `data` has an empty one. Feedback methods get arrays only.
 */
async function readArray(message: SeldonMessage): Promise<NdArray> {
  const array = message.data == null ? undefined : await readPayload(message);
  return array instanceof NdArray ? array : fromNested([]);
}

function namesOf(data: SeldonMessage['data'], path: string): string[] {
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
