import { NdArray } from '../../arrays/ndarray.ts';
import { valueOfText } from '../../json/value-of-text.ts';
import { isRecord } from '../../objects.ts';
import type { Reply } from '../protocol.ts';
import { parseBody } from '../tensors/request-json.ts';
import type { Tensor } from '../tensors/tensor.ts';
import { divideBody, openBinary } from './binary-body.ts';
import { INPUT_DATA, OUTPUT_DATA } from './body.ts';
import { readInferRequest } from './infer-request.ts';
import { JSON_LENGTH } from './json-length.ts';

/**
 * A request or an answer as plain values of JSON, with the elements of tensors that are behind it.
 *
 * @throws Error when it is not JSON, or has not the bytes that it says.
 */
export async function toValue({ body, headers = {} }: Reply): Promise<unknown> {
  if (headers[JSON_LENGTH] === undefined) {
    return valueOfText(body);
  }
  const { json, tail } = divideBody({ method: '', path: '', query: {}, headers, body });
  const value = await valueOfText(json);
  const member =
    isRecord(value) && value.outputs !== undefined && value.inputs === undefined ? 'outputs' : 'inputs';
  const parsed = await parseBody(json, member === 'inputs' ? INPUT_DATA : OUTPUT_DATA);
  const { tensors } = await readInferRequest(parsed, {
    member,
    path: '',
    growth: { bytes: 0 },
    binary: openBinary(tail),
  });
  const given = (value as Readonly<Record<string, unknown>>)[member] as readonly object[];
  return {
    ...(value as object),
    [member]: tensors.map((tensor, place) => ({ ...given[place], data: elementsOf(tensor) })),
  };
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}

/** Elements of BYTES as texts. */
function elementsOf({ content }: Tensor): readonly unknown[] {
  return content instanceof NdArray
    ? content.toFlat()
    : Array.from(content as Iterable<string | Uint8Array>, textOf);
}
