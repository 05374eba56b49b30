import { stringify, toJsonValue } from '../../json/write-json.ts';
import { isPlainObject } from '../../objects.ts';
import type { Reply } from '../protocol.ts';
import type { AnswerTensor } from '../tensors/answer-tensor.ts';
import { loadBinary } from './body.ts';
import { dataToJson } from './json-data.ts';

/** An answer of `infer`, apart from its tensors. */
export interface AnswerHead {
  readonly model: string;
  readonly version: string | undefined;
  readonly id: string | undefined;
  /** The tags of the model and of the result; later ones win. */
  readonly tags: readonly unknown[];
}

/** An output of an answer. */
export interface Output {
  readonly tensor: AnswerTensor;
  /** Whether its elements follow the JSON as bytes. */
  readonly isBinary: boolean;
}

/** Writes an answer: JSON, and behind it the bytes of the outputs that are wanted so. */
export async function encodeInferAnswer(head: AnswerHead, outputs: readonly Output[]): Promise<Reply> {
  const isBinary = outputs.some((output) => output.isBinary);
  const binary = isBinary ? await loadBinary() : undefined;
  const parts: Uint8Array[] = [];
  const texts: string[] = [];
  for (const { tensor, isBinary: inBytes } of outputs) {
    if (binary && inBytes) {
      const bytes = binary.bytesOf(tensor);
      parts.push(bytes);
      texts.push(`${fields(tensor, bytes.length)}}`);
    } else {
      const data = dataToJson(tensor);
      // Not awaited where it is there: each await costs a small call.
      texts.push(`${fields(tensor)},"data":${data instanceof Promise ? await data : data}}`);
    }
  }
  const json = `${headText(head)},"outputs":[${texts.join()}]}`;
  return binary ? binary.joinBody(json, parts) : { body: json };
}

/** Begins the JSON text of an answer. */
function headText({ model, version, id, tags }: AnswerHead): string {
  const parameters = parametersOf(tags);
  // JSON has no undefined: such a field is left out.
  return stringify({ model_name: model, model_version: version, id, parameters }).slice(0, -1);
}

/** Begins the JSON text of a tensor. `size`: its bytes, where these follow the JSON. */
function fields({ name, shape, datatype, contentType }: AnswerTensor, size?: number): string {
  const parameters =
    contentType === undefined && size === undefined
      ? undefined
      : { content_type: contentType, binary_data_size: size };
  return JSON.stringify({ name, shape, datatype, parameters }).slice(0, -1);
}

/** Tags as parameters, which are texts, numbers and booleans: other values as JSON text. */
function parametersOf(tags: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  const merged: [string, unknown][] = tags.flatMap((each) =>
    isPlainObject(each) ? Object.entries(each).map(([name, value]) => [name, toParameter(name, value)]) : [],
  ) as [string, unknown][];
  return merged.length === 0 ? undefined : Object.fromEntries(merged);
}

function toParameter(name: string, value: unknown): unknown {
  const json = toJsonValue(value, `tag ${name}`);
  return typeof json === 'object' && json !== null ? stringify(json) : (json ?? undefined);
}
