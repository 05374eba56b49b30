import type { NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import type { Json, NamedInputs, Payload, PayloadField } from '../../model/model.ts';
import type { BytesType } from './bytes-content.ts';
import type { Port } from './ports.ts';
import type { Tensor } from './tensor.ts';

// Most requests have one tensor of numbers.
const loadBytes = () => import('./bytes-content.ts');
const loadColumns = () => import('./columns.ts');

/** What is known of a model's input beside the tensors themselves. */
export interface Meaning {
  /** The content type of the whole request, such as `pd`; undefined: none. */
  readonly contentType: string | undefined;
  /** The inputs in the model's metadata. */
  readonly ports: readonly Port[];
  /** The fields of a message that the model takes; undefined: all. */
  readonly accepts: readonly PayloadField[] | undefined;
}

/** The first two arguments of a method. */
export interface Features {
  readonly features: Payload;
  readonly names: string[];
}

/** A payload that is one BYTES element, by the field that would carry it in a SeldonMessage. */
const CONTENT_TYPES = { strData: 'str', binData: 'base64', jsonData: 'json' } as const;

type SingleKind = keyof typeof CONTENT_TYPES;

/**
 * What the elements of BYTES are, by content type: those of MLServer's data frames and of its Hugging Face
 * runtime mean JSON, too. Unknown ones count as none.
 */
const BYTES_TYPES: ReadonlyMap<unknown, BytesType> = new Map([
  ['base64', 'base64'],
  ['json', 'json'],
  ['pd_json', 'json'],
  ['hg_json', 'json'],
  ['hg_jsonlist', 'json'],
]);

/**
 * The payload that tensors are for a model.
 *
 * - One tensor: an NdArray of its type and shape. BYTES are texts, or bytes where the content type is
 *   `base64`. Where the model takes a text, bytes or JSON, one element of BYTES is this payload.
 * - Several that are columns, by the content type `pd` or because the metadata has columns of these names:
 *   one NdArray `[rows, columns]`.
 * - Several others: an object of NdArrays by name.
 *
 * What a tensor's bytes are is said by its own content type, else by the metadata, else by the request's.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for tensors that the model does not take.
 */
export async function payloadOf(tensors: readonly Tensor[], meaning: Meaning): Promise<Features> {
  if (tensors.length > 1 && SINGLE.includes(meaning.contentType)) {
    throw badData(
      `parameters.content_type: ${meaning.contentType} is for a request with one input, got ${tensors.length}`,
    );
  }
  const columns = columnOrder(tensors, meaning);
  if (columns !== undefined) {
    const arrays: NdArray[] = [];
    for (const tensor of columns) {
      arrays.push(await arrayOf(tensor, meaning, portOf(tensor, meaning, false)));
    }
    refuseArrays(meaning, columns);
    const { toColumns } = await loadColumns();
    return { features: toColumns(columns, arrays), names: columns.map(({ name }) => name) };
  }
  const [first, ...others] = tensors;
  if (first !== undefined && others.length === 0) {
    return { features: await singlePayload(first, meaning), names: [] };
  }
  refuseArrays(meaning, tensors);
  const named: (readonly [string, NdArray])[] = [];
  for (const tensor of tensors) {
    named.push([tensor.name, await arrayOf(tensor, meaning, portOf(tensor, meaning, false))]);
  }
  // Own members, whatever the names are.
  const features: NamedInputs = Object.fromEntries(named);
  return { features, names: tensors.map(({ name }) => name) };
}

/** The content types of a whole request that mean its only input, as with MLServer. */
const SINGLE: readonly unknown[] = ['np', 'str'];

/** The tensors in the order of the columns that they are; undefined when they are none. */
function columnOrder(
  tensors: readonly Tensor[],
  { contentType, ports }: Meaning,
): readonly Tensor[] | undefined {
  const [port] = ports;
  const named = ports.length === 1 && port !== undefined ? port.columns : [];
  const byName =
    named.length === tensors.length ? new Map(tensors.map((each) => [each.name, each])) : undefined;
  const ordered = named.flatMap((column) => byName?.get(column) ?? []);
  const isNamed = byName !== undefined && ordered.length === tensors.length;
  if (isNamed && (tensors.length > 1 || contentType === 'pd')) {
    return ordered;
  }
  return contentType === 'pd' ? tensors : undefined;
}

async function singlePayload(tensor: Tensor, meaning: Meaning): Promise<Payload> {
  const port = portOf(tensor, meaning, true);
  const kind = kindOf(tensor, port, meaning);
  if (kind === undefined) {
    refuseArrays(meaning, [tensor]);
    return arrayOf(tensor, meaning, port);
  }
  const { readElements, readText } = await loadBytes();
  if (kind === 'strData') {
    // Whatever its own content type says it means; but the bytes of a text may come as base64.
    const [text] = await readElements(tensor, tensor.contentType === 'base64' ? 'base64' : undefined);
    return readText(text as string | Uint8Array, () => `${tensor.place}.data[0]`);
  }
  const [element] = await readElements(tensor, BYTES_TYPES.get(CONTENT_TYPES[kind]));
  return element as Json | Uint8Array;
}

/** The field in which the payload would be, where it is one element that is no array. */
function kindOf(tensor: Tensor, port: Port | undefined, { accepts }: Meaning): SingleKind | undefined {
  if (tensor.datatype !== 'BYTES' || (tensor.content as readonly unknown[]).length !== 1) {
    return undefined;
  }
  const declared = port?.kind;
  if (declared !== undefined && declared in CONTENT_TYPES) {
    return declared as SingleKind;
  }
  if (accepts === undefined || accepts.includes('data')) {
    return undefined;
  }
  const kinds = accepts as readonly SingleKind[];
  const type = BYTES_TYPES.get(tensor.contentType) ?? tensor.contentType;
  return kinds.find((kind) => CONTENT_TYPES[kind] === type) ?? kinds[0];
}

/** The array of a tensor; for BYTES its content type counts, or else that of the metadata. */
async function arrayOf(tensor: Tensor, { contentType }: Meaning, port: Port | undefined): Promise<NdArray> {
  if (tensor.datatype !== 'BYTES') {
    return tensor.content as NdArray;
  }
  const declared = port?.contentType ?? CONTENT_TYPES[port?.kind as SingleKind];
  const { decodeBytes } = await loadBytes();
  return decodeBytes(tensor, BYTES_TYPES.get(tensor.contentType ?? declared ?? contentType));
}

/** The input of the metadata that a tensor is for: of its name, or the only one, if that has none. */
function portOf({ name }: Tensor, { ports }: Meaning, isOnly: boolean): Port | undefined {
  const [only] = ports;
  const named = ports.find((port) => port.name === name);
  return named ?? (isOnly && ports.length === 1 && only?.name === undefined ? only : undefined);
}

/** @throws SeldonError MICROSERVICE_BAD_DATA when the model takes no arrays. */
function refuseArrays({ accepts }: Meaning, tensors: readonly Tensor[]): void {
  if (accepts !== undefined && !accepts.includes('data')) {
    const kinds = accepts.map((kind) => CONTENT_TYPES[kind as SingleKind]).join(' or ');
    const found = tensors.map(({ datatype, shape }) => `${datatype} of shape (${shape})`).join(', ');
    throw badData(`inputs: expected one BYTES of shape (1), content type ${kinds}; got ${found}`);
  }
}
