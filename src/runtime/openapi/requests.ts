import type { Examples } from './examples.ts';
import { ref } from './schemas.ts';

type Kind = 'SeldonMessage' | 'SeldonMessageList' | 'Feedback';
type Values = Readonly<Record<string, unknown>>;

/** A field of a form, or a part of multipart/form-data. */
interface Field {
  readonly schema: object;
  readonly contentType: string;
}

const JSON_TYPE = 'application/json';
const SELDON_MESSAGE = json(ref('SeldonMessage'));

/** Parts of multipart/form-data that are named like the fields of the request. */
const PARTS: { readonly [K in Kind]: Readonly<Record<string, Field>> } = {
  SeldonMessage: {
    data: json(ref('DefaultData')),
    jsonData: json({ description: 'Any JSON value.' }),
    strData: { schema: { type: 'string' }, contentType: 'text/plain' },
    binData: {
      // OpenAPI 3.1 describes bytes by the absence of a type.
      schema: { description: 'A file: its bytes.', contentMediaType: 'application/octet-stream' },
      contentType: 'application/octet-stream',
    },
    meta: json(ref('Meta')),
  },
  SeldonMessageList: {},
  Feedback: {
    request: SELDON_MESSAGE,
    response: SELDON_MESSAGE,
    reward: json({ type: 'number' }),
    truth: SELDON_MESSAGE,
  },
};

/**
 * The components that describe requests: bodies, query parameters for GET, and the examples that both have.
 *
 * @param isOwn - whether the model says what `jsonData` looks like: `ModelInput` and `ModelRequest` are in
 * the
 *   document then.
 */
export function requestComponents(examples: Examples, isOwn: boolean) {
  const kinds = Object.keys(PARTS) as Kind[];
  const schemaOf = (kind: Kind) => ref(isOwn && kind === 'SeldonMessage' ? 'ModelRequest' : kind);
  return {
    requestBodies: Object.fromEntries(
      kinds.map((kind) => [kind, toBody(kind, examples[kind], schemaOf(kind))]),
    ),
    parameters: {
      SeldonPuid: SELDON_PUID,
      ...Object.fromEntries(kinds.map((kind) => [kind, toParameter(kind, examples[kind], schemaOf(kind))])),
    },
    examples: Object.fromEntries(
      kinds.flatMap((kind) =>
        Object.entries(examples[kind]).map(([name, value]) => [`${kind}.${name}`, { value }]),
      ),
    ),
  };
}

const SELDON_PUID = {
  name: 'Seldon-Puid',
  in: 'header',
  description: 'An id for the request, answered in the header of the same name.',
  schema: { type: 'string' },
};

/** How GET carries a request. */
function toParameter(kind: Kind, examples: Values, schema: object) {
  return {
    name: 'json',
    in: 'query',
    required: true,
    description: 'The request as JSON text.',
    content: { [JSON_TYPE]: toJsonContent(kind, examples, schema) },
  };
}

/** The three forms in which POST carries a request. */
function toBody(kind: Kind, examples: Values, schema: object) {
  // A form repeats its field for each item of a list, so a list comes in its object.
  const whole = { json: json(kind === 'SeldonMessageList' ? ref('SeldonMessages') : schema) };
  const inField = mapValues(examples, (value) => (Array.isArray(value) ? undefined : { json: value }));
  const inParts = Object.keys(PARTS[kind]).length > 0 ? mapValues(examples, toParts) : {};
  return {
    required: true,
    content: {
      [JSON_TYPE]: toJsonContent(kind, examples, schema),
      'application/x-www-form-urlencoded': toFormContent(whole, inField, ['json']),
      'multipart/form-data': toFormContent(
        { ...partsOf(kind, examples), ...whole },
        { ...inParts, json: Object.values(inField).find((value) => value !== undefined) },
      ),
    },
  };
}

/** The parts of a kind, without the payloads that no example has: the model does not take them. */
function partsOf(kind: Kind, examples: Values): Readonly<Record<string, Field>> {
  const isTaken = (name: string) =>
    !/^(data|.*Data)$/.test(name) ||
    Object.values(examples).some((value) => Object.hasOwn(Object(value), name));
  return Object.fromEntries(Object.entries(PARTS[kind]).filter(([name]) => isTaken(name)));
}

function toJsonContent(kind: Kind, examples: Values, schema: object) {
  return {
    schema,
    examples: Object.fromEntries(
      Object.keys(examples).map((name) => [name, { $ref: `#/components/examples/${kind}.${name}` }]),
    ),
  };
}

function toFormContent(fields: Readonly<Record<string, Field>>, examples: Values, required?: string[]) {
  return {
    schema: {
      type: 'object',
      properties: mapValues(fields, ({ schema }) => schema),
      ...(required && { required }),
    },
    encoding: mapValues(fields, ({ contentType }) => ({ contentType })),
    examples: mapValues(examples, (value) => (value === undefined ? undefined : { value })),
  };
}

/** A file's bytes come as they are. */
function toParts(message: unknown): unknown {
  const { binData, ...parts } = message as { readonly binData?: string };
  return binData === undefined ? parts : { ...parts, binData: atob(binData) };
}

function json(schema: object): Field {
  return { schema, contentType: JSON_TYPE };
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
