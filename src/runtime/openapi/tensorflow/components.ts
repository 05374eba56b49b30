import type { Metadata } from '../../model/metadata.ts';
import { encodeMetadata, encodeStatus } from '../../protocols/tensorflow/model-status.ts';
import { type V2Port, v2Ports } from '../../protocols/tensors/v2-ports.ts';
import { response } from '../responses.ts';
import { ref } from '../schemas.ts';

const JSON_TYPE = 'application/json';
const TEXT = { type: 'string' };

/** The components of TensorFlow Serving's REST API; examples have the model's own inputs and outputs. */
export function predictionComponents(metadata: Metadata, name: string) {
  const versions = metadata.versions.filter(Boolean);
  const status = encodeStatus({ model: name, versions: versions.length > 0 ? versions : ['1'] });
  const described = encodeMetadata(
    metadata,
    { method: 'GET', path: '', query: {}, headers: {}, params: { model: name } },
    [name],
  );
  return {
    schemas: SCHEMAS,
    requestBodies: {
      PredictionRequest: {
        description: 'The rows of the inputs (`instances`), or the inputs (`inputs`).',
        required: true,
        content: {
          [JSON_TYPE]: {
            schema: ref('PredictionRequest'),
            examples: { instances: { $ref: '#/components/examples/PredictionRequest.instances' } },
          },
        },
      },
    },
    /** Named by the request, as the page of /docs looks for them. */
    examples: {
      'PredictionRequest.instances': { value: { instances: rowOf(v2Ports(metadata.inputs, 'input')) } },
    },
    responses: {
      Prediction: response('What the model answers.', JSON_TYPE, ref('Prediction'), {
        predictions: rowOf(v2Ports(metadata.outputs, 'output')),
      }),
      PredictionStatus: response(
        'The model can serve.',
        JSON_TYPE,
        ref('PredictionStatus'),
        JSON.parse(String(status.body)),
      ),
      PredictionMetadata: response(
        'The metadata.',
        JSON_TYPE,
        { type: 'object' },
        JSON.parse(String(described.body)),
      ),
    },
  };
}

const SCHEMAS = {
  PredictionRequest: {
    type: 'object',
    properties: {
      signature_name: TEXT,
      instances: {
        type: 'array',
        description: 'A value, a list or an object of inputs for each row; `{"b64": "..."}` is bytes.',
      },
      inputs: { description: 'The tensor of the input, or an object of several.' },
    },
  },
  Prediction: {
    type: 'object',
    properties: {
      predictions: { description: 'For `instances`: what the model answers, row by row.' },
      outputs: { description: 'For `inputs`: the output, or an object of several.' },
    },
  },
  PredictionStatus: {
    type: 'object',
    required: ['name', 'ready', 'model_version_status'],
    properties: {
      name: TEXT,
      ready: { type: 'boolean' },
      model_version_status: {
        type: 'array',
        items: {
          type: 'object',
          properties: { version: TEXT, state: TEXT, status: { type: 'object' } },
        },
      },
    },
  },
};

/** One row of values; of several inputs an object. */
function rowOf(ports: readonly V2Port[]): unknown {
  const [port, ...others] = ports;
  if (port === undefined) {
    return [[1, 2, 3, 4]];
  }
  return others.length === 0
    ? [exampleOf(port)]
    : [Object.fromEntries(ports.map((each) => [each.name, exampleOf(each)]))];
}

/** A value of an input for one row: without the axis of the rows, and 1 for each length that varies. */
function exampleOf({ datatype, shape }: V2Port): unknown {
  const lengths = shape.slice(1).map((length) => Math.abs(length));
  const isSmall = lengths.reduce((size, length) => size * length, 1) <= MAX_VALUES;
  const axes = isSmall ? lengths : lengths.map(() => 1);
  const element = datatype === 'BYTES' ? 'text' : datatype === 'BOOL' ? true : 1;
  return axes.reduceRight<unknown>((inner, length) => Array.from({ length }, () => inner), element);
}

/** Values of an example, at most. */
const MAX_VALUES = 1000;
