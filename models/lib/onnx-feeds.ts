import type { Tensor } from 'onnxruntime-node';
import { fromData, NdArray, type Payload } from 'seldon-lambda';
import { describePayload } from './describe-payload.ts';
import { badData } from './errors.ts';
import { namesOf, type Signature } from './onnx-signature.ts';
import { toTensor } from './onnx-tensor.ts';

/**
 * The tensors of a request by the names of the inputs: an array for the only input, an array with a named
 * column for each input, or JSON by name.
 *
 * @param names - of the array's columns.
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the input, what came and what was expected.
 */
export function toFeeds(
  X: Payload,
  names: readonly string[],
  inputs: readonly Signature[],
): Record<string, Tensor> {
  const [first, ...others] = inputs;
  if (!(X instanceof NdArray)) {
    return fromJson(X, inputs);
  }
  if (first !== undefined && others.length === 0) {
    return { [first.name]: toTensor(X, first) };
  }
  if (first === undefined && X.shape.includes(0)) {
    return {};
  }
  if (first === undefined || !inputs.every(isColumn)) {
    throw badData(`the features are ${describePayload(X)}; ${expectedJson(inputs)}`);
  }
  return fromColumns(X, names, inputs);
}

function fromJson(X: Exclude<Payload, NdArray>, inputs: readonly Signature[]): Record<string, Tensor> {
  if (typeof X !== 'object' || X === null || ArrayBuffer.isView(X) || Array.isArray(X)) {
    const expected = inputs.length === 1 ? 'expected an array' : expectedJson(inputs);
    throw badData(`the features are ${describePayload(X as Payload)}; ${expected}`);
  }
  const { length } = inputs;
  for (const name of Object.keys(X)) {
    if (!inputs.some((input) => input.name === name)) {
      const expected = length === 0 ? expectedJson(inputs) : `expected ${namesOf(inputs)}`;
      throw badData(`jsonData has ${JSON.stringify(name)}, which is not an input; ${expected}`);
    }
  }
  return toRecord(inputs, (input) => {
    if (!Object.hasOwn(X, input.name)) {
      throw badData(`jsonData has no input ${input.name}; expected ${namesOf(inputs)}`);
    }
    return toTensor(Reflect.get(X, input.name), input);
  });
}

/** Whether an input takes one value of each row, as those of a converted table do. */
function isColumn({ shape }: Signature): boolean {
  const [, columns = 1, ...others] = shape;
  return others.length === 0 && (columns === 1 || typeof columns === 'string');
}

function fromColumns(
  X: NdArray,
  names: readonly string[],
  inputs: readonly Signature[],
): Record<string, Tensor> {
  const [rows = 0, width = names.length] = X.shape;
  if (X.shape.length !== 2 && !(X.shape.length === 1 && rows === 0)) {
    throw badData(
      `the features are ${describePayload(X)}; expected rows with a column for each of the inputs ` +
        `${namesOf(inputs)}, or jsonData by name`,
    );
  }
  checkNames(names, width, inputs);
  const elements = X.toFlat();
  return toRecord(inputs, (input) => {
    const column = names.indexOf(input.name);
    const values = Array.from({ length: rows }, (_, row) => elements[row * width + column]);
    // As objects: each input checks for itself that they are of its type.
    return toTensor(fromData(values, input.shape.length === 1 ? [rows] : [rows, 1], 'object'), input);
  });
}

function checkNames(names: readonly string[], width: number, inputs: readonly Signature[]): void {
  if (names.length === 0) {
    throw badData(`the array has no names; expected the names of the inputs: ${namesOf(inputs)}`);
  }
  if (names.length !== width) {
    throw badData(`the array has ${width} columns, but ${names.length} names`);
  }
  const known = new Set(inputs.map(({ name }) => name));
  const seen = new Set<string>();
  for (const name of names) {
    if (!known.has(name) || seen.has(name)) {
      const reason = seen.has(name) ? 'twice' : ', which is not an input';
      const space = seen.has(name) ? ' ' : '';
      throw badData(`names has ${JSON.stringify(name)}${space}${reason}; expected ${namesOf(inputs)}`);
    }
    seen.add(name);
  }
  const missing = inputs.find(({ name }) => !seen.has(name));
  if (missing !== undefined) {
    throw badData(`names has no input ${missing.name}; expected ${namesOf(inputs)}`);
  }
}

function expectedJson(inputs: readonly Signature[]): string {
  return inputs.length === 0
    ? 'the ONNX graph has no inputs: expected jsonData {}'
    : `expected jsonData with the inputs ${namesOf(inputs)}`;
}

function toRecord(
  inputs: readonly Signature[],
  toValue: (input: Signature) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(inputs.map((input) => [input.name, toValue(input)]));
}
