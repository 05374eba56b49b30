import { toList } from '../runtime/arrays/nested-lists.ts';
import { shortDoubles } from '../runtime/arrays/short-float32.ts';
import { stringify } from '../runtime/json/write-json.ts';
import { isRecord } from '../runtime/objects.ts';
import { show } from '../runtime/show.ts';
import { toBase64 } from './base64.ts';
import { bytesOf, joinBody } from './binary-tensors.ts';
import type { HeaderMap } from './headers.ts';
import { type InferInput, toTensor } from './infer-input.ts';
import type { Tensor, TensorParameters } from './tensor.ts';

/** An output that a request asks for. */
export interface RequestedOutput {
  readonly name: string;
  /** As `{ classification: 3 }` for the three highest classes. */
  readonly parameters?: TensorParameters | undefined;
}

/** The content of a request, beside its inputs. */
export interface InferRequestOptions {
  /** Comes back with the answer; default: the server makes one. */
  readonly id?: string | undefined;
  /** The outputs to answer, by name; default: all. */
  readonly outputs?: readonly (string | RequestedOutput)[] | undefined;
  readonly parameters?: TensorParameters | undefined;
  /** Whether tensors are bytes behind the JSON, there and back; default: false. MLServer does not know it. */
  readonly binary?: boolean | undefined;
}

/** A request as it is sent. */
export interface InferBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers: HeaderMap;
}

/**
 * Writes the request of `infer`.
 *
 * @throws TypeError naming the input or the option that is wrong.
 */
export function toInferBody(inputs: readonly InferInput[], options: InferRequestOptions): InferBody {
  const { id, outputs, parameters, binary = false } = options;
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw new TypeError(`inputs: expected a list of at least one {name, data}, got ${show(inputs)}`);
  }
  if (id !== undefined && typeof id !== 'string') {
    throw new TypeError(`id: expected a text, got ${show(id)}`);
  }
  const tensors = inputs.map((input, index) => toTensor(input, `inputs[${index}]`));
  const parts = binary ? tensors.map(bytesOf) : [];
  const head = stringify({
    id,
    parameters: binary ? { ...parameters, binary_data_output: true } : parameters,
    outputs: outputs?.map(toRequested),
  });
  const texts = tensors.map((tensor, index) => toText(tensor, parts[index]));
  const json = `${head.slice(0, -1)}${head === '{}' ? '' : ','}"inputs":[${texts.join()}]}`;
  return binary ? joinBody(json, parts) : { body: json, headers: { 'content-type': 'application/json' } };
}

function toRequested(output: string | RequestedOutput, index: number): RequestedOutput {
  const requested = typeof output === 'string' ? { name: output } : output;
  if (!isRecord(requested) || typeof requested.name !== 'string' || requested.name === '') {
    throw new TypeError(`outputs[${index}]: expected a name or {name, parameters}, got ${show(output)}`);
  }
  return { name: requested.name, parameters: requested.parameters };
}

/** The JSON text of a tensor. `bytes`: its elements, where these follow the JSON. */
function toText({ name, shape, datatype, data, parameters }: Tensor, bytes: Uint8Array | undefined): string {
  const all = bytes === undefined ? parameters : { ...parameters, binary_data_size: bytes.length };
  const head = stringify({ name, shape, datatype, parameters: all });
  return bytes === undefined ? `${head.slice(0, -1)},"data":${toJsonList(data)}}` : head;
}

/** Infinities are words, which this project reads; for other servers, they need bytes. */
function toJsonList(data: Tensor['data']): string {
  if (Array.isArray(data)) {
    return JSON.stringify(data.map((each) => (each instanceof Uint8Array ? toBase64(each) : each)));
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return `[${data.join()}]`;
  }
  const numbers = data instanceof Float32Array ? shortDoubles(data) : (data as Float64Array);
  const list = toList([numbers]);
  // NaN is null for JSON.stringify already.
  return JSON.stringify(numbers.every(Number.isFinite) ? list : list.map(toWord));
}

function toWord(value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY ? String(value) : value;
}
