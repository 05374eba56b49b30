import type { Growth } from '../../arrays/growth.ts';
import { checkShape } from '../../arrays/shape.ts';
import { badData } from '../../errors.ts';
import type { Meta } from '../../model/message.ts';
import { isRecord } from '../../objects.ts';
import { DATATYPES, isDatatype } from '../tensors/datatypes.ts';
import { readValues } from '../tensors/json-values.ts';
import type { Tensor } from '../tensors/tensor.ts';
import { readName, readObject, readSwitch, wrong } from './check.ts';
import { type RequestedOutput, readOutputs } from './requested-outputs.ts';

/** A request of `infer` whose tensors have been read. */
export interface InferRequest {
  /** Undefined: the caller gave none, or an empty one. */
  readonly id: string | undefined;
  readonly tensors: readonly Tensor[];
  /** The outputs that are asked for; empty: all. */
  readonly outputs: readonly RequestedOutput[];
  /** Whether outputs that do not say it are answered as bytes. */
  readonly isBinary: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly contentType: string | undefined;
}

/**
 * Reads the JSON of a request.
 *
 * @param json - of the whole body.
 * @param member - the member with the tensors: `inputs`, or `outputs` for an answer that is aggregated.
 * @param growth - of the whole request.
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the first member that is wrong.
 */
export function readInferRequest(
  json: unknown,
  { member, path, growth }: { member: 'inputs' | 'outputs'; path: string; growth: Growth },
): InferRequest {
  if (!isRecord(json)) {
    throw wrong(path || 'the request', `an object with ${member}`, json);
  }
  const at = path === '' ? '' : `${path}.`;
  const parameters = readObject(json.parameters, `${at}parameters`);
  const { id } = json;
  if (id !== undefined && id !== null && typeof id !== 'string') {
    throw wrong(`${at}id`, 'a text', id);
  }
  return {
    id: id || undefined,
    tensors: readTensors(json[member], `${at}${member}`, growth),
    outputs: member === 'inputs' ? readOutputs(json.outputs) : [],
    isBinary: readSwitch(parameters, 'binary_data_output', path || 'the request') ?? false,
    parameters,
    contentType: contentTypeOf(parameters),
  };
}

function readTensors(list: unknown, path: string, growth: Growth): Tensor[] {
  if (!Array.isArray(list) || list.length === 0) {
    throw wrong(path, 'a list of tensors', list);
  }
  const names = new Set<string>();
  return list.map((item: unknown, index) => {
    const tensor = readTensor(item, `${path}[${index}]`, growth);
    if (names.has(tensor.name)) {
      throw wrong(`${tensor.place}.name`, 'a name of its own', tensor.name);
    }
    names.add(tensor.name);
    return tensor;
  });
}

function readTensor(item: unknown, place: string, growth: Growth): Tensor {
  if (!isRecord(item)) {
    throw wrong(place, 'an object {name, shape, datatype, data}', item);
  }
  const name = readName(item.name, `${place}.name`);
  const { datatype, shape, data } = item;
  if (!isDatatype(datatype)) {
    throw wrong(`${place}.datatype`, `one of ${Object.keys(DATATYPES).join(', ')}`, datatype);
  }
  if (!Array.isArray(shape)) {
    throw wrong(`${place}.shape`, 'a list of axis lengths', shape);
  }
  const parameters = readObject(item.parameters, `${place}.parameters`);
  const free = shape.indexOf(-1);
  // One axis may be -1, and gets the length that is left.
  checkShape(free < 0 ? shape : shape.with(free, 1), `${place}.shape`, growth);
  if (data === undefined) {
    throw badData(`${place}: expected data`);
  }
  const declared = { datatype, shape: shape as readonly number[], place: `${place}.data` };
  const content = readValues(data, declared);
  const fitted = 'shape' in content ? content.shape : fittedShape(shape as readonly number[], content.length);
  return {
    name,
    datatype,
    shape: fitted,
    content,
    contentType: contentTypeOf(parameters),
    parameters,
    place,
  };
}

function fittedShape(shape: readonly number[], size: number): readonly number[] {
  const others = shape.reduce((product, length) => (length === -1 ? product : product * length), 1);
  return shape.map((length) => (length === -1 ? size / others : length));
}

/** The content type among parameters, in lower case as all are. */
function contentTypeOf({ content_type: type }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof type === 'string' ? type : undefined;
}

/** The `meta` argument of a method: what the request says beside its tensors. */
export function metaOf({ id, parameters, tensors, outputs }: InferRequest, puid: string | undefined): Meta {
  const { binary_data_output: _, ...own } = parameters;
  return {
    puid: id ?? puid ?? null,
    parameters: own,
    inputs: tensors.map(({ name, datatype, shape, parameters: ofTensor }) => ({
      name,
      datatype,
      shape,
      parameters: ofTensor,
    })),
    outputs: outputs.map(({ name }) => name),
  };
}
