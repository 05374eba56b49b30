import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type MetadataInput, type Model, modelFolder, type Payload } from 'seldon-lambda';
import { badParameter } from './lib/errors.ts';
import { toFeeds } from './lib/onnx-feeds.ts';
import { openGraph, runGraph } from './lib/onnx-session.ts';
import { namesOf, type Signature, type Signatures, signaturesOf } from './lib/onnx-signature.ts';
import { toArray } from './lib/onnx-tensor.ts';
import { readParameter, refuseUnknown } from './lib/parameters.ts';

/** The parameters of {@link OnnxModel}; all are STRING. */
export interface OnnxModelParameters {
  /** The file, if there are several: `net.onnx`. */
  readonly file?: string;
  /** The output to answer, if the graph has several; default: all that are tensors, as JSON by name. */
  readonly output?: string;
  /** Names of the columns of the answer: `cat,dog`. */
  readonly class_names?: string;
}

/**
 * Serves any ONNX file. The signature in the file gives the inputs and outputs.
 *
 * - For a graph with one input it expects an array; for one with several, named tensors of the Open Inference
 *   Protocol, or `jsonData` with nested lists by the name of the input. Where each input is one column, an
 *   array whose columns have these names will do, too.
 * - It answers one output as an array, several outputs as named tensors, or `jsonData`, by the name of the
 *   output. Sequences and maps are left out.
 * - A wrong shape, type or name is answered 400 MICROSERVICE_BAD_DATA, with what was expected.
 *
 * The file is the only one that ends in `.onnx` in the model's folder, which MODEL_URI can name. Needs the
 * package onnxruntime-node.
 *
 * @example MODEL_NAME=OnnxModel MODEL_URI=s3://bucket/digits npm start
 */
export class OnnxModel implements Model {
  /** Undefined: the columns are named `t:0`, `t:1`, ... */
  readonly classNames?: string[];
  private readonly parameters: OnnxModelParameters;
  private file = '';
  private session!: InferenceSession;
  private inputs: readonly Signature[] = [];
  private outputs: readonly Signature[] = [];
  private leftOut: Signatures['others'] = new Map();

  constructor(parameters: OnnxModelParameters = {}) {
    refuseUnknown(parameters, ['file', 'output', 'class_names']);
    for (const name of Object.keys(parameters)) {
      readParameter(parameters, name, aText);
    }
    this.parameters = parameters;
    this.classNames = parameters.class_names?.split(',');
  }

  async load() {
    this.file = chooseFile(this.parameters.file);
    this.session = await openGraph(join(modelFolder(), this.file));
    this.inputs = allOf(signaturesOf(this.session.inputMetadata));
    const outputs = signaturesOf(this.session.outputMetadata);
    this.outputs = chooseOutputs(outputs, this.parameters.output);
    this.leftOut = outputs.others;
  }

  async predict(X: Payload, names: readonly string[]) {
    const tensors = await runGraph(
      this.session,
      toFeeds(X, names, this.inputs),
      this.outputs.map(({ name }) => name),
    );
    const arrays = this.outputs.map(({ name }) => [name, toArray(tensors[name] as Tensor)] as const);
    if (arrays.length === 1) {
      return arrays[0][1];
    }
    return Object.fromEntries(arrays);
  }

  initMetadata(): MetadataInput {
    return {
      name: this.file.replace(/\.onnx$/, ''),
      platform: 'onnx',
      inputs: [describe(this.inputs)],
      outputs: [describe(this.outputs)],
      custom: this.leftOut.size === 0 ? {} : { 'left out': listOf(this.leftOut) },
    };
  }
}

const aText = {
  expected: 'a STRING',
  accepts: (value: unknown): value is string => typeof value === 'string',
};

/** The file that the parameter names, or the only one. */
function chooseFile(asked: string | undefined): string {
  const folder = modelFolder();
  const files = readdirSync(folder).filter((file) => file.endsWith('.onnx'));
  const there = `${folder} has ${files.join(', ') || 'no file with the ending .onnx'}`;
  if (asked !== undefined && !files.includes(asked)) {
    throw badParameter(`parameter file is ${asked}; ${there}`);
  }
  const [first, ...others] = asked === undefined ? files : [asked];
  if (first === undefined) {
    throw badParameter(`${there}: set MODEL_URI to where one is, as s3://bucket/prefix or file:///folder`);
  }
  if (others.length > 0) {
    throw badParameter(`${there}: set the parameter file to one of them`);
  }
  return first;
}

/**
 * All inputs of a graph.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when one of them cannot be served: all of them are needed.
 */
function allOf({ served, others }: Signatures): readonly Signature[] {
  if (others.size > 0) {
    throw badParameter(
      `the ONNX graph has inputs that cannot be served: ${listOf(others)}; export it with other inputs`,
    );
  }
  return served;
}

/**
 * The output that the parameter names, or all that can be served.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER when there is none.
 */
function chooseOutputs({ served, others }: Signatures, asked: string | undefined): readonly Signature[] {
  if (served.length === 0) {
    throw badParameter(
      others.size === 0
        ? 'the ONNX graph has no outputs'
        : `no output of the ONNX graph can be served: ${listOf(others)}${adviceOn(others.values())}`,
    );
  }
  if (asked === undefined) {
    return served;
  }
  const chosen = served.filter(({ name }) => name === asked);
  if (chosen.length > 0) {
    return chosen;
  }
  const reason = others.get(asked);
  const found = reason === undefined ? asked : `${asked}, which is ${reason}`;
  const advice = reason === undefined ? '' : adviceOn([reason]);
  throw badParameter(`parameter output is ${found}; expected one of ${namesOf(served)}${advice}`);
}

function adviceOn(reasons: Iterable<string>): string {
  return [...reasons].some((reason) => reason.includes('map'))
    ? '; sklearn-onnx makes a tensor of the map of probabilities with the option zipmap=False'
    : '';
}

function listOf(others: Signatures['others']): string {
  return [...others].map(([name, reason]) => `${name}: ${reason}`).join('; ');
}

/** The metadata of inputs or outputs: one tensor, or JSON by name. */
function describe(tensors: readonly Signature[]) {
  const [only, ...others] = tensors;
  if (only === undefined || others.length > 0) {
    const schema = Object.fromEntries(
      tensors.map(({ name, type, shape }) => [name, { type, ...axesOf(shape) }]),
    );
    return { messagetype: 'jsonData' as const, schema };
  }
  const { name, type, shape } = only;
  // Without axes, any shape is possible.
  const lengths =
    shape.length === 0 ? [-1] : shape.map((length) => (typeof length === 'number' ? length : -1));
  return { name, datatype: DATATYPES[type], shape: lengths };
}

/** The types in the words of the Open Inference Protocol. */
const DATATYPES = {
  float16: 'FP16',
  float32: 'FP32',
  float64: 'FP64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'BYTES',
} as const satisfies Readonly<Record<Signature['type'], string>>;

/** The axes of an input or output; none where any shape is possible. */
function axesOf(shape: Signature['shape']) {
  return shape.length === 0 ? {} : { shape: shape.map((length) => (length === '' ? -1 : length)) };
}
