import { DATATYPES, isDatatype } from '../../arrays/datatypes.ts';
import type { Declared } from '../../arrays/declared.ts';
import { fromNested } from '../../arrays/from-nested.ts';
import type { Growth } from '../../arrays/growth.ts';
import { NdArray } from '../../arrays/ndarray.ts';
import { readPlain } from '../../arrays/plain-values.ts';
import { checkShape, fittedShape } from '../../arrays/shape.ts';
import { badData } from '../../errors.ts';
import type { Meta } from '../../model/message.ts';
import { isRecord } from '../../objects.ts';
import { createOnce } from '../../once.ts';
import type { Tensor } from '../tensors/tensor.ts';
import type { BinaryReader } from './binary-body.ts';
import { readName, readObject, readSwitch, readText, wrong } from './check.ts';
import { JSON_LENGTH } from './json-length.ts';
import type { RequestedOutput } from './requested-outputs.ts';

// Most requests have numbers alone, and ask for no output by name. An import that is repeated takes 5 us.
const odd = createOnce<typeof import('../tensors/odd-tensors.ts')>();
/** Loads what a call needs with other tensors than numbers. */
export const loadOdd = () => odd(() => import('../tensors/odd-tensors.ts'));
const requested = createOnce<typeof import('./requested-outputs.ts')>();
/** Loads what a request needs that asks for outputs. */
export const loadRequested = () => requested(() => import('./requested-outputs.ts'));

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

/** Where the tensors of a request are. */
interface Source {
  /** The member with the tensors: `inputs`, or `outputs` for an answer that is aggregated. */
  readonly member: 'inputs' | 'outputs';
  /** The place of the JSON in the body; empty for all of it. */
  readonly path: string;
  /** Of the whole body. */
  readonly growth: Growth;
  readonly binary?: BinaryReader | undefined;
}

/**
 * Reads the JSON of a request, and the tensors behind it.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA naming the first member that is wrong.
 */
export async function readInferRequest(json: unknown, source: Source): Promise<InferRequest> {
  const { member, path, binary } = source;
  if (!isRecord(json)) {
    throw wrong(path || 'the request', `an object with ${member}`, json);
  }
  const at = path === '' ? '' : `${path}.`;
  const parameters = readObject(json.parameters, `${at}parameters`);
  // An empty one counts as none.
  const id = readText(json.id, `${at}id`) || undefined;
  const tensors = await readTensors(json[member], `${at}${member}`, source);
  binary?.end();
  const { outputs } = json;
  return {
    id,
    tensors,
    outputs: member === 'outputs' || outputs == null ? [] : (await loadRequested()).readOutputs(outputs),
    isBinary: readSwitch(parameters, 'binary_data_output', `${at}parameters`) ?? false,
    parameters,
    contentType: readText(parameters.content_type, `${at}parameters.content_type`),
  };
}

async function readTensors(list: unknown, path: string, source: Source): Promise<Tensor[]> {
  if (!Array.isArray(list) || list.length === 0) {
    throw wrong(path, 'a list of tensors', list);
  }
  const names = new Set<string>();
  const tensors: Tensor[] = [];
  for (const [index, item] of list.entries()) {
    const read = readTensor(item, `${path}[${index}]`, source);
    // Not awaited where it is there: each await costs a small call.
    const tensor = read instanceof Promise ? await read : read;
    if (names.has(tensor.name)) {
      throw wrong(`${tensor.place}.name`, 'a name of its own', tensor.name);
    }
    names.add(tensor.name);
    tensors.push(tensor);
  }
  return tensors;
}

function readTensor(item: unknown, place: string, { growth, binary }: Source): Tensor | Promise<Tensor> {
  if (!isRecord(item)) {
    throw wrong(place, 'an object {name, shape, datatype, data}', item);
  }
  const name = readName(item.name, `${place}.name`);
  const { datatype, shape, data = null } = item;
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
  const { binary_data_size: size = null } = parameters;
  if ((data === null) === (size === null)) {
    const found = data === null ? 'none of them' : 'both';
    throw badData(`${place}: expected data, or parameters.binary_data_size, got ${found}`);
  }
  if (size !== null && binary === undefined) {
    throw badData(`${place}: expected the header ${JSON_LENGTH} where bytes follow the JSON`);
  }
  const declared = { datatype, shape: shape as readonly number[], place: `${place}.data` };
  const toTensor = (content: Tensor['content']): Tensor => ({
    name,
    datatype,
    // Texts have been found to fit.
    shape: 'shape' in content ? content.shape : (fittedShape(declared.shape, content.length) ?? []),
    content,
    contentType: readText(parameters.content_type, `${place}.parameters.content_type`),
    parameters,
    place,
  });
  const content = binary && size !== null ? binary.read(size, declared) : readContent(data, declared);
  return content instanceof Promise ? content.then(toTensor) : toTensor(content);
}

/** Reads the values of a list; a promise for others than numbers that mean themselves. */
function readContent(data: unknown, declared: Declared): Tensor['content'] | Promise<Tensor['content']> {
  const isList = Array.isArray(data) && declared.datatype !== 'BYTES';
  const read = isList ? fromNested(data, 'objects') : data;
  const plain = read instanceof NdArray ? readPlain(read, declared) : undefined;
  return plain ?? loadOdd().then(({ readValues }) => readValues(data, declared));
}

/** The `meta` argument of a method: what the request says beside its tensors. */
export function metaOf({ id, parameters, tensors, outputs }: InferRequest, puid: string | undefined): Meta {
  const { binary_data_output: _, ...own } = parameters;
  return {
    puid: id ?? puid ?? null,
    parameters: own,
    inputs: tensors.map(
      ({ name, datatype, shape, parameters: { binary_data_size: _size, ...ofTensor } }) => ({
        name,
        datatype,
        shape,
        parameters: ofTensor,
      }),
    ),
    outputs: outputs.map(({ name }) => name),
  };
}
