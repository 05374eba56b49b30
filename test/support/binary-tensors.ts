import type { Deployment } from './functions.ts';
import { callV2, type JsonTensor, type V2Answer } from './open-inference.ts';

/** A tensor whose data follow the JSON. */
export interface BinaryTensor extends JsonTensor {
  readonly bytes: Uint8Array;
}

const JSON_LENGTH = 'inference-header-content-length';

/** A body of the binary extension, with its header. */
export function binaryBody(
  inputs: readonly (JsonTensor | BinaryTensor)[],
  rest: Readonly<Record<string, unknown>> = {},
): { body: Uint8Array; headers: Record<string, string> } {
  const parts: Uint8Array[] = [];
  const described = inputs.map((input) => {
    if (!('bytes' in input)) {
      return input;
    }
    const { bytes, parameters, ...others } = input;
    parts.push(bytes);
    return { ...others, parameters: { binary_data_size: bytes.length, ...(parameters as object) } };
  });
  const json = Buffer.from(JSON.stringify({ ...rest, inputs: described }));
  return { body: Buffer.concat([json, ...parts]), headers: { [JSON_LENGTH]: String(json.length) } };
}

/** Calls `infer` with tensors whose bytes follow the JSON, as tritonclient does: without a content type. */
export function inferBinary(
  functions: Deployment,
  inputs: readonly (JsonTensor | BinaryTensor)[],
  { model, ...rest }: Readonly<Record<string, unknown>> & { readonly model: string },
): Promise<V2Answer & { readonly body: string | Uint8Array }> {
  return callV2(functions, `/v2/models/${model}/infer`, binaryBody(inputs, rest)) as never;
}

/** The JSON of an answer, with the bytes of each output that has some. */
export function readBinaryAnswer({
  headers,
  body,
}: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}): { json: Record<string, unknown>; outputs: Record<string, unknown>[] } {
  const bytes = Buffer.from(body);
  let at = Number(headers[JSON_LENGTH] ?? bytes.length);
  const json = JSON.parse(bytes.subarray(0, at).toString());
  const outputs = json.outputs.map(({ parameters, ...output }: Record<string, unknown>) => {
    const { binary_data_size: size, ...others } = (parameters ?? {}) as Record<string, number>;
    const rest = Object.keys(others).length > 0 ? { parameters: others } : {};
    if (size === undefined) {
      return { ...output, ...rest };
    }
    at += size;
    return { ...output, ...rest, bytes: Uint8Array.from(bytes.subarray(at - size, at)) };
  });
  return { json, outputs };
}

/** The bytes of numbers. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

/** Elements of BYTES, each with its length before it. */
export function elementsOf(...elements: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    elements.flatMap((element) => {
      const bytes = Buffer.from(element as string);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
