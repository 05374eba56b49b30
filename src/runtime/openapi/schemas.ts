import * as z from 'zod/mini';
import { Metadata } from '../model/metadata.ts';
import { DefaultData, Meta, SeldonMessage } from '../protocols/seldon/message-schema.ts';
import {
  Failure,
  Feedback,
  Float,
  Integer,
  Metric,
  NdArray,
  SeldonMessageList,
  SeldonMessages,
  Status,
  Tensor,
  TensorProto,
} from './wire.ts';

type Facts = Readonly<Record<string, unknown>>;

/**
 * The facts of the document that are not in the schemas: names of components, descriptions, and the checks of
 * the codecs.
 */
const registry = z.registry<Record<string, unknown>>();

const NULL: Facts = { type: 'null' };
const BASE64: Facts = { contentEncoding: 'base64' };

component('SeldonMessage', SeldonMessage, {
  description:
    'A request or an answer: one payload, which is `data`, `jsonData`, `strData` or `binData`, looked for in ' +
    'this order, and what travels beside it. A null field counts as absent, but `jsonData: null` is a payload. ' +
    'A request without a payload is answered 400. Other fields are handed to raw methods.',
});
facts(SeldonMessage.shape.data, { description: 'An array.' });
facts(SeldonMessage.shape.binData, {
  ...BASE64,
  description:
    'Bytes as base64. Answers have the standard alphabet, padded; requests may have the URL-safe one.',
});
facts(SeldonMessage.shape.strData, { type: ['string', 'null'], description: 'Text.' });
facts(SeldonMessage.shape.jsonData, { description: 'Any JSON value.' });
facts(SeldonMessage.shape.status, { anyOf: [ref('Status'), NULL] });

component('DefaultData', DefaultData, {
  description:
    'One array as `tensor`, `ndarray` or `tftensor`; without any of them, an empty one. Numbers are answered in the ' +
    "request's own form, other things as `ndarray`.",
});
facts(DefaultData.shape.names, {
  anyOf: [{ type: 'array', items: { type: ['string', 'number'] } }, NULL],
  description:
    'Names of the columns (the second axis). In answers those that the model gives, else `t:0`, `t:1`, ...; ' +
    'empty with fewer than two axes.',
});
facts(DefaultData.shape.tensor, { anyOf: [ref('Tensor'), NULL] });
facts(DefaultData.shape.ndarray, ref('NdArray'));
facts(DefaultData.shape.tftensor, { anyOf: [ref('TensorProto'), NULL] });

component('Tensor', Tensor, {
  description: 'Numbers with the lengths of their axes; as many values as the product of the lengths.',
});
facts(Tensor.shape.shape, { description: 'Lengths of the axes.', items: { type: 'integer', minimum: 0 } });
facts(Tensor.shape.values, { description: 'Row by row: the last axis runs fastest.' });
component('Float', Float, { description: 'A number; those that JSON has no digits for, as words.' });
component('NdArray', NdArray, {
  description:
    'Nested lists of numbers, texts, booleans, nulls or objects; a plain value is an array without axes.',
  anyOf: [
    { type: 'array', items: ref('NdArray') },
    { type: ['number', 'string', 'boolean', 'null', 'object'] },
  ],
});

component('TensorProto', TensorProto, {
  description:
    "TensorFlow's tensor in protobuf's JSON mapping. The elements are in `tensorContent`, or in the list of their " +
    'type; a list shorter than the shape repeats its last value. Field names may also be in snake_case.',
});
facts(TensorProto.shape.dtype, { description: "The elements' type: its name, or its number in TensorFlow." });
facts(TensorProto.shape.tensorShape, { description: 'Without `dim`, one element without axes.' });
facts(TensorProto.shape.tensorContent, { ...BASE64, description: 'The elements, little endian, as base64.' });
facts(TensorProto.shape.intVal, {
  description: 'For DT_INT32, DT_UINT16, DT_INT16, DT_UINT8 and DT_INT8.',
});
facts(TensorProto.shape.boolVal, { items: { type: 'boolean' } });
facts(TensorProto.shape.stringVal, { items: { type: 'string', ...BASE64 } });
facts(TensorProto.shape.halfVal, {
  description: 'For DT_HALF and DT_BFLOAT16: the 16 bits of each element, as an integer.',
});
facts(TensorProto.shape.scomplexVal, { description: 'Real and imaginary parts in turn.' });
facts(TensorProto.shape.dcomplexVal, { description: 'Real and imaginary parts in turn.' });
component('Integer', Integer, {
  description: 'An integer, as text where it may exceed 53 bits.',
  anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?\\d+$' }],
});

component('Meta', Meta, { description: 'What travels beside the payload through the inference graph.' });
facts(Meta.shape.puid, {
  type: ['string', 'number', 'null'],
  description: "The request's id, answered as it came.",
});
facts(Meta.shape.tags, { description: "Anything, by name. Answers: the request's own, then the model's." });
facts(Meta.shape.routing, {
  ...mapOf({ type: 'integer' }),
  description: 'The branch that each router chose.',
});
facts(Meta.shape.requestPath, {
  ...mapOf({ type: 'string' }),
  description: 'The image of each unit passed.',
});
facts(Meta.shape.metrics, { anyOf: [{ type: 'array', items: ref('Metric') }, NULL] });
component('Metric', Metric, {
  description: 'COUNTER adds, GAUGE sets, TIMER observes milliseconds. Tags become labels.',
});
facts(Metric.shape.value, {
  type: ['number', 'string', 'boolean'],
  description: 'A number; NaN and infinities are answered as words, a boolean as the boolean that it is.',
});
component('Status', Status, { description: 'How a call went, as a raw method may say it.' });

component('SeldonMessages', SeldonMessages, { description: 'Messages in an object.' });
component('SeldonMessageList', SeldonMessageList, {
  description: 'At least one message, one for each child of a combiner: a list, or an object that holds it.',
});
component('Feedback', Feedback, {
  description:
    'What was asked, what was answered, the reward for it and the true answer. Read strictly: messages have no ' +
    'fields but those of SeldonMessage, one payload at most, and names and puid as text. Only `data` reaches the model.',
});
facts(Feedback.shape.response, {
  description: '`meta.routing` says which branch this unit chose; the model is told.',
});
facts(Feedback.shape.reward, { description: 'In the precision of a float32. Also read as text.' });
component('Failure', Failure, { description: 'Why a call failed.' });
facts(Failure.shape.status.shape.info, {
  description: 'What is wrong; text, unless the model gave something else.',
});
facts(Failure.shape.status.shape.reason, {
  description: "`MICROSERVICE_BAD_DATA`, `MICROSERVICE_INTERNAL_ERROR`, ... or a word of the model's own.",
});

component('Metadata', Metadata, { description: 'What the model says about itself.' });
component('Port', Metadata.shape.inputs._zod.def.element, {
  description:
    'One input or output: a kind of payload with its schema, or a named tensor with datatype and shape.',
});

/** The components under `#/components/schemas/`, by name. */
export function componentSchemas(): Record<string, unknown> {
  const { schemas } = z.toJSONSchema(registry, {
    metadata: registry,
    uri: (id) => ref(id).$ref,
    io: 'input',
    // A value that zod only passes on is described by a fact.
    unrepresentable: 'any',
    override: ({ jsonSchema }) => withoutNoise(jsonSchema),
  });
  return Object.fromEntries(
    // `$id` would change the base of the references inside.
    Object.entries(schemas).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema]),
  );
}

/** Removes what zod adds needlessly: JSON's keys are always text, and integers beyond 53 bits are allowed. */
function withoutNoise(jsonSchema: Record<string, unknown>): void {
  delete jsonSchema.propertyNames;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) {
    delete jsonSchema.minimum;
  }
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
    delete jsonSchema.maximum;
  }
}

/** A reference to a component's schema. */
export function ref(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

function component(id: string, schema: z.core.$ZodType, more: Facts): void {
  registry.add(schema, { id, ...more });
}

function facts(schema: z.core.$ZodType, more: Facts): void {
  registry.add(schema, more);
}

function mapOf(value: Facts): Facts {
  return { anyOf: [{ type: 'object', additionalProperties: value }, NULL] };
}
