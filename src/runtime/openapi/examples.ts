import { fromData } from '../arrays/ndarray.ts';
import { sizeOf } from '../arrays/shape.ts';
import type { Feedback, SeldonMessage } from '../model/message.ts';
import { type Metadata, PAYLOAD_KINDS } from '../model/metadata.ts';
import type { PayloadField } from '../model/model.ts';
import { ARRAY_KINDS, type PayloadKind } from '../model/payload-kinds.ts';
import { exampleOf, inputSchema } from './model-schema.ts';

/** Requests and an answer, by name; the kind that the model's metadata names comes first. */
export interface Examples {
  readonly SeldonMessage: Readonly<Record<string, SeldonMessage>>;
  readonly SeldonMessageList: Readonly<Record<string, unknown>>;
  readonly Feedback: Readonly<Record<string, Feedback>>;
  readonly answer: SeldonMessage;
}

type Port = Metadata['inputs'][number];

/** Properties of an example array. */
interface Look {
  readonly shape: readonly number[];
  readonly names: readonly string[];
  readonly datatype?: string | undefined;
}

/** The example for a model without metadata about its arrays. */
const ANY_ARRAY: Look = { shape: [1, 2], names: ['a', 'b'] };

/** A larger array would make the document unreadable; such a model gets the example of {@link ANY_ARRAY}. */
const MAX_ELEMENTS = 256;

/**
 * Examples with the model's own names and number of columns.
 *
 * @param routing - the branches that are in the feedback, by unit.
 * @param accepts - the fields of a message that the model takes; undefined: all.
 */
export function toExamples(
  metadata: Metadata | undefined,
  routing: Readonly<Record<string, number>>,
  accepts?: readonly PayloadField[],
): Examples {
  const named = kindOf(metadata?.inputs[0]);
  const output = kindOf(metadata?.outputs[0]);
  const messages = withOwnJson(messagesOf(lookOf(metadata?.inputs)), inputSchema(metadata));
  const outputLook = lookOf(metadata?.outputs);
  const answers = messagesOf(outputLook);
  const kinds = [named, ...(Object.keys(messages) as PayloadKind[])].filter((kind) => isTaken(kind, accepts));
  const ordered: Readonly<Record<string, SeldonMessage>> = Object.fromEntries(
    kinds.map((kind) => [kind, messages[kind]]),
  );
  const [first] = Object.values(ordered);
  return {
    SeldonMessage: ordered,
    SeldonMessageList: {
      seldonMessages: { seldonMessages: [first, first] },
      ...Object.fromEntries(Object.entries(ordered).map(([kind, message]) => [kind, [message, message]])),
    },
    // Arrays reach the model with a feedback, whatever it takes otherwise.
    Feedback: feedbackOf({ [named]: messages[named], ...messages }, answers, routing),
    answer: { ...withColumnNames(answers[output], outputLook.shape[1] ?? 0), meta: {} },
  };
}

/** Gives `jsonData` the form that the model says. */
function withOwnJson(messages: Messages, schema: unknown): Messages {
  return schema === undefined ? messages : { ...messages, jsonData: { jsonData: exampleOf(schema) } };
}

type Messages = Readonly<Record<PayloadKind, SeldonMessage>>;

/** Whether a payload of this kind is in one of the fields that the model takes. */
function isTaken(kind: PayloadKind, accepts: readonly PayloadField[] | undefined): boolean {
  const field = ARRAY_KINDS.find((array) => array === kind) === undefined ? kind : 'data';
  return accepts === undefined || accepts.some((taken) => taken === field);
}

/** One message for each kind of payload. */
function messagesOf({ shape, datatype = '', names: all }: Look): Messages {
  const numbers = Array.from({ length: sizeOf(shape) }, (_, index) => index + 1);
  const values = numbers.map(VALUE_OF[datatype] ?? ((number) => number));
  const names = all.length > 0 && all.length === shape[1] ? { names: all } : {};
  return {
    ndarray: { data: { ...names, ndarray: fromData(values, shape, 'object').toNested() } },
    tensor: { data: { ...names, tensor: { shape, values: numbers } } },
    tftensor: { data: { ...names, tftensor: toTensorProto(values, shape, datatype) } },
    jsonData: { jsonData: { text: 'a text', numbers: [1, 2, 3] } },
    strData: { strData: 'a text' },
    binData: { binData: 'YSB0ZXh0' },
  };
}

/** Elements that are not numbers. */
const VALUE_OF: Readonly<Record<string, (number: number) => unknown>> = {
  BYTES: (number) => `text ${number}`,
  BOOL: (number) => number % 2 === 1,
};

function toTensorProto(values: readonly unknown[], shape: readonly number[], datatype: string) {
  const tensorShape = { dim: shape.map((length) => ({ size: String(length) })) };
  if (datatype === 'BYTES') {
    return { dtype: 'DT_STRING', tensorShape, stringVal: values.map((text) => btoa(String(text))) };
  }
  if (datatype === 'BOOL') {
    return { dtype: 'DT_BOOL', tensorShape, boolVal: values };
  }
  return { dtype: 'DT_DOUBLE', tensorShape, doubleVal: values };
}

/** Only arrays reach the model with a feedback. */
function feedbackOf(
  requests: Readonly<Record<PayloadKind, SeldonMessage>>,
  answers: Readonly<Record<PayloadKind, SeldonMessage>>,
  routing: Readonly<Record<string, number>>,
): Record<string, Feedback> {
  const response = { meta: { routing } };
  const kinds = (Object.keys(requests) as PayloadKind[]).filter((kind) => requests[kind].data !== undefined);
  return {
    ...Object.fromEntries(
      kinds.map((kind) => [kind, { request: requests[kind], response, reward: 1, truth: answers[kind] }]),
    ),
    reward: { response, reward: 0.5 },
  };
}

/** Adds the column names that the pipeline gives when the model has none. */
function withColumnNames(message: SeldonMessage, columns: number): SeldonMessage {
  const names = Array.from({ length: columns }, (_, column) => `t:${column}`);
  return message.data ? { data: { names, ...message.data } } : message;
}

/**
 * The kind of payload that a port names; `ndarray` when it names none, as a named tensor may be an array of
 * any kind.
 */
function kindOf(port: Port | undefined): PayloadKind {
  const named = port !== undefined && 'messagetype' in port ? port.messagetype : '';
  return PAYLOAD_KINDS.find((kind) => kind === named) ?? 'ndarray';
}

/** The first array among `ports`. */
function lookOf(ports: readonly Port[] | undefined): Look {
  const looks = (ports ?? []).map((port) => ('messagetype' in port ? ofKind(port) : ofTensor(port)));
  return looks.find((look) => look !== undefined && sizeOf(look.shape) <= MAX_ELEMENTS) ?? ANY_ARRAY;
}

/** The look of Seldon's array kinds, whose shape is that of one row unless its first axis is open. */
function ofKind({ messagetype, schema }: Extract<Port, { messagetype: string }> & { schema?: unknown }) {
  if (!ARRAY_KINDS.some((kind) => kind === messagetype)) {
    return undefined;
  }
  // The schema of these kinds has no other keys; Port says so, but `messagetype` of its last kind may be any
  // text.
  const { names = [], shape = [] } = (schema ?? {}) as { names?: string[]; shape?: number[] };
  if (names.length === 0 && shape.length === 0) {
    return undefined;
  }
  const row = shape.length === 0 ? [names.length] : shape;
  const rows = row.length > 1 && (row[0] as number) <= 1 ? row : [1, ...row];
  return { shape: rows.map((length, axis) => toLength(length, axis === 1 ? names.length : 1)), names };
}

/** The look of a named tensor, whose shape includes all axes. */
function ofTensor({ datatype, shape = [] }: Exclude<Port, { messagetype: string }>): Look | undefined {
  if (shape.length === 0) {
    return undefined;
  }
  return { shape: shape.map((length) => toLength(length, 1)), names: [], datatype };
}

/** The length of an axis; an axis of any length is as long as its names. */
function toLength(length: number, open: number): number {
  return length > 0 ? length : Math.max(open, 1);
}
