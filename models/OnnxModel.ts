import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import {
  type MetadataInput,
  type Model,
  modelFolder,
  NdArray,
  type Payload,
  SeldonResponse,
} from 'seldon-lambda';
import { describePayload } from './lib/describe-payload.ts';
import { badData, badParameter } from './lib/errors.ts';
import { type Signature, signaturesOf, toArray, toTensor } from './lib/onnx-tensor.ts';
import { readParameter, refuseUnknown } from './lib/parameters.ts';

/** The parameters of {@link OnnxModel}; all are STRING. */
export interface OnnxModelParameters {
  /** The file, if there are several: `net.onnx`. */
  readonly file?: string;
  /** The output to answer, if the graph has several; default: all of them, as JSON by name. */
  readonly output?: string;
  /** Names of the columns of the answer: `cat,dog`. */
  readonly class_names?: string;
}

/**
 * Serves any ONNX file. The signature in the file gives the inputs and outputs.
 *
 * - For a graph with one input it expects an array; for one with several, `jsonData` with nested lists by the
 *   name of the input.
 * - It answers one output as an array, several outputs as `jsonData` by the name of the output.
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
    this.session = await InferenceSession.create(join(modelFolder(), this.file));
    this.inputs = signaturesOf(this.session.inputMetadata);
    this.outputs = this.chooseOutputs(signaturesOf(this.session.outputMetadata));
  }

  async predict(X: Payload) {
    const tensors = await this.session.run(
      this.toFeeds(X),
      this.outputs.map(({ name }) => name),
    );
    const arrays = this.outputs.map(({ name }) => [name, toArray(tensors[name] as Tensor)] as const);
    if (arrays.length === 1) {
      return arrays[0][1];
    }
    return new SeldonResponse(Object.fromEntries(arrays.map(([name, array]) => [name, array.toNested()])));
  }

  initMetadata(): MetadataInput {
    return {
      name: this.file.replace(/\.onnx$/, ''),
      platform: 'onnx',
      inputs: [describe(this.inputs)],
      outputs: [describe(this.outputs, this.classNames)],
    };
  }

  private chooseOutputs(outputs: readonly Signature[]): readonly Signature[] {
    const { output } = this.parameters;
    const chosen = output === undefined ? outputs : outputs.filter(({ name }) => name === output);
    if (chosen.length > 0) {
      return chosen;
    }
    throw badParameter(`parameter output is ${output}; expected one of ${namesOf(outputs)}`);
  }

  private toFeeds(X: Payload): Record<string, Tensor> {
    const [first, ...others] = this.inputs;
    if (X instanceof NdArray && others.length === 0) {
      return { [first.name]: toTensor(X, first) };
    }
    const names = namesOf(this.inputs);
    if (
      X instanceof NdArray ||
      typeof X !== 'object' ||
      X === null ||
      ArrayBuffer.isView(X) ||
      Array.isArray(X)
    ) {
      const expected = others.length === 0 ? 'an array' : `jsonData with the inputs ${names}`;
      throw badData(`the features are ${describePayload(X)}; expected ${expected}`);
    }
    for (const name of Object.keys(X)) {
      if (!this.inputs.some((input) => input.name === name)) {
        throw badData(`jsonData has ${JSON.stringify(name)}, which is not an input; expected ${names}`);
      }
    }
    return Object.fromEntries(
      this.inputs.map((input) => {
        if (!Object.hasOwn(X, input.name)) {
          throw badData(`jsonData has no input ${input.name}; expected ${names}`);
        }
        return [input.name, toTensor(Reflect.get(X, input.name), input)];
      }),
    );
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

function namesOf(tensors: readonly Signature[]): string {
  return tensors.map(({ name }) => name).join(', ');
}

/** The metadata of inputs or outputs: one array without the axis of its rows, or JSON by name. */
function describe(tensors: readonly Signature[], names?: readonly string[]) {
  const [{ shape }, ...others] = tensors;
  if (others.length > 0) {
    const schema = Object.fromEntries(tensors.map(({ name, type, shape }) => [name, { type, shape }]));
    return { messagetype: 'jsonData' as const, schema };
  }
  const lengths = shape.slice(1).map((length) => (typeof length === 'number' ? length : -1));
  return { messagetype: 'tensor' as const, schema: { shape: lengths, ...(names && { names: [...names] }) } };
}
