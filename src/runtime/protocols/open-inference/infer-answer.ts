import { stringify, toJsonValue } from '../../json/write-json.ts';
import { isPlainObject } from '../../objects.ts';
import type { Reply } from '../protocol.ts';
import type { AnswerTensor } from '../tensors/answer-tensors.ts';
import { dataToJson } from './json-data.ts';

/** An answer of `infer`, apart from its tensors. */
export interface AnswerHead {
  readonly model: string;
  readonly version: string | undefined;
  readonly id: string | undefined;
  /** The tags of the model and of the result; later ones win. */
  readonly tags: readonly unknown[];
}

/** Writes an answer. */
export async function encodeInferAnswer(head: AnswerHead, tensors: readonly AnswerTensor[]): Promise<Reply> {
  const outputs = await Promise.all(
    tensors.map(async (tensor) => `${fields(tensor)},"data":${await dataToJson(tensor)}}`),
  );
  return { body: `${headText(head)},"outputs":[${outputs.join()}]}` };
}

/** Begins the JSON text of an answer. */
function headText({ model, version, id, tags }: AnswerHead): string {
  const parameters = parametersOf(tags);
  // JSON has no undefined: such a field is left out.
  return stringify({ model_name: model, model_version: version, id, parameters }).slice(0, -1);
}

/** Begins the JSON text of a tensor. */
function fields({ name, shape, datatype, contentType }: AnswerTensor): string {
  const parameters = contentType === undefined ? undefined : { content_type: contentType };
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
