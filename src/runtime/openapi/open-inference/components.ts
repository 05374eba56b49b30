import { DATATYPES } from '../../arrays/datatypes.ts';
import type { Metadata } from '../../model/metadata.ts';
import { describeModel } from '../../protocols/open-inference/model-metadata.ts';
import { SERVER } from '../../protocols/open-inference/server-metadata.ts';
import { response } from '../responses.ts';
import { ref } from '../schemas.ts';

const JSON_TYPE = 'application/json';
const TEXT = { type: 'string' };

/** The components of the Open Inference Protocol; examples have the model's own inputs and outputs. */
export function inferComponents(metadata: Metadata | undefined, name: string) {
  const model = describeModel(metadata ?? NOTHING_KNOWN, name);
  const inputs = model.inputs.length === 0 ? [DEFAULT_PORT] : model.inputs;
  const outputs = model.outputs.length === 0 ? [{ ...DEFAULT_PORT, name: 'output-0' }] : model.outputs;
  const request = { inputs: inputs.map(toTensor) };
  const answer = { model_name: model.name, id: '1', outputs: outputs.map(toTensor) };
  return {
    schemas: SCHEMAS,
    requestBodies: {
      InferRequest: body('The inputs of the model.', ref('InferRequest'), 'InferRequest.tensors'),
      InferAnswers: body(
        'Answers of several models.',
        { type: 'array', items: ref('InferAnswer') },
        'InferAnswers.answers',
      ),
    },
    /** Named by the request, as the page of /docs looks for them. */
    examples: {
      'InferRequest.tensors': { value: request },
      'InferAnswers.answers': { value: [answer] },
    },
    responses: {
      InferAnswer: response('What the model answers.', JSON_TYPE, ref('InferAnswer'), answer),
      InferBranch: response(
        'The chosen child.',
        JSON_TYPE,
        { type: 'array', items: { type: 'integer' } },
        [1],
      ),
      InferLive: flag('The function runs.', { live: true }),
      InferReady: flag('The model can serve.', { ready: true }),
      InferServer: flag('The server.', SERVER),
      InferModels: flag('The names of models.', { models: [model.name] }),
      InferModel: response('The metadata.', JSON_TYPE, ref('InferModel'), model),
      InferIndex: response('Models.', JSON_TYPE, { type: 'array', items: { type: 'object' } }, [
        { name: model.name, state: 'READY', reason: '' },
      ]),
      ...failures(),
    },
  };
}

const DEFAULT_PORT = { name: 'input-0', datatype: 'FP64', shape: [-1, 4] } as const;
/** Stands for metadata that cannot be read. */
export const NOTHING_KNOWN: Metadata = {
  name: '',
  versions: [],
  platform: '',
  inputs: [],
  outputs: [],
  custom: {},
};

const TENSOR = {
  type: 'object',
  required: ['name', 'shape', 'datatype'],
  properties: {
    name: TEXT,
    shape: { type: 'array', items: { type: 'integer' } },
    datatype: { enum: Object.keys(DATATYPES) },
    parameters: { type: 'object' },
    data: {
      type: 'array',
      description: 'Row-major, flat or nested. Left out where the bytes follow the JSON.',
    },
  },
};

const SCHEMAS = {
  InferRequest: {
    type: 'object',
    required: ['inputs'],
    properties: {
      id: { type: ['string', 'null'] },
      parameters: { type: ['object', 'null'] },
      inputs: { type: 'array', items: ref('InferTensor') },
      outputs: {
        type: ['array', 'null'],
        items: {
          type: 'object',
          required: ['name'],
          properties: { name: TEXT, parameters: { type: 'object' } },
        },
      },
    },
  },
  InferAnswer: {
    type: 'object',
    required: ['outputs'],
    properties: {
      model_name: TEXT,
      model_version: TEXT,
      id: TEXT,
      parameters: { type: 'object' },
      outputs: { type: 'array', items: ref('InferTensor') },
    },
  },
  InferTensor: TENSOR,
  InferModel: {
    type: 'object',
    required: ['name', 'versions', 'platform', 'inputs', 'outputs'],
    properties: {
      name: TEXT,
      versions: { type: 'array', items: TEXT },
      platform: TEXT,
      inputs: { type: 'array', items: ref('InferTensor') },
      outputs: { type: 'array', items: ref('InferTensor') },
    },
  },
  InferFailure: {
    type: 'object',
    required: ['error', 'reason'],
    properties: { error: TEXT, reason: TEXT },
  },
};

/** An input or output with values of which each length that varies is 1. */
function toTensor({ name, datatype, shape, parameters }: ReturnType<typeof describeModel>['inputs'][number]) {
  const lengths = shape.map((length) => (length < 0 ? 1 : length));
  const size = lengths.reduce((product, length) => product * length, 1);
  const value =
    datatype === 'BYTES'
      ? /json/.test(`${parameters?.content_type}`)
        ? '{}'
        : ''
      : datatype === 'BOOL'
        ? true
        : 1;
  return {
    name,
    shape: lengths,
    datatype,
    ...(parameters && { parameters }),
    data: Array.from({ length: Math.min(size, MAX_VALUES) }, () => value),
  };
}

/** Values of an example, at most. */
const MAX_VALUES = 1000;

function flag(description: string, example: object) {
  return response(description, JSON_TYPE, { type: 'object' }, example);
}

function body(description: string, schema: object, example: string) {
  const examples = { tensors: { $ref: `#/components/examples/${example}` } };
  return { description, required: true, content: { [JSON_TYPE]: { schema, examples } } };
}

/** The errors of an endpoint, in the form of the protocol. */
function failures() {
  const rows = [
    ['BadRequest', 'The request cannot be read, or the model refuses it.', 'MICROSERVICE_BAD_DATA'],
    ['NotFound', 'There is no such path, model or version.', 'MICROSERVICE_NOT_FOUND'],
    ['MethodNotAllowed', 'The path has no such method.', 'MICROSERVICE_METHOD_NOT_ALLOWED'],
    ['PayloadTooLarge', 'The answer is too large to be returned.', 'MICROSERVICE_PAYLOAD_TOO_LARGE'],
    ['UnsupportedEncoding', 'The content-encoding is not known.', 'MICROSERVICE_BAD_DATA'],
    ['InternalError', 'The model failed, or the configuration is wrong.', 'MICROSERVICE_INTERNAL_ERROR'],
    ['NotImplemented', 'There is no such function.', 'MICROSERVICE_NOT_IMPLEMENTED'],
    ['Unavailable', 'The model cannot serve.', 'MICROSERVICE_INTERNAL_ERROR'],
  ] as const;
  return {
    ...Object.fromEntries(
      rows.map(([name, description, reason]) => [
        `Infer${name}`,
        response(description, JSON_TYPE, ref('InferFailure'), { error: 'what is wrong', reason }),
      ]),
    ),
    InferModelError: response("A status of the model's own.", JSON_TYPE, {}),
  };
}
