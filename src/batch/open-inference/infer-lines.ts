import { parseJson } from '../../client/parse-json.ts';
import { isDatatype } from '../../runtime/arrays/datatypes.ts';
import { BATCH_TAGS, type BatchTags } from '../batch-tags.ts';
import { elementsOf, membersOf, toObject, toOneLine } from '../json-text.ts';
import { BadRow } from '../row.ts';
import type { Answered } from '../target.ts';
import { elementTexts } from './element-texts.ts';
import type { InferItem } from './infer-piece.ts';

/** An output of an answer. */
interface AnsweredTensor {
  readonly name: string;
  /** All members but the shape and the data, as JSON. */
  readonly members: ReadonlyMap<string, string>;
  readonly shape: readonly number[];
  /** Elements, or nested lists, as JSON. */
  readonly elements: readonly string[];
}

/**
 * The lines of the output for the answer of `infer`: one for each line of the input, in their order. Each is
 * an answer with the rows of its own line, and the tags of the batch among its parameters.
 *
 * Numbers in JSON are copied as text, with all digits that the host has written; those in bytes become JSON.
 *
 * @returns undefined when an output does not have one row for each row of the request.
 * @throws BadRow when it is no answer.
 */
export function toInferLines(
  { text, tail }: Answered,
  items: readonly InferItem[],
  tags: BatchTags,
): readonly string[] | undefined {
  const members = membersOf(toOneLine(text));
  const outputs = elementsOf(members?.get('outputs') ?? '');
  if (members === undefined || outputs === undefined) {
    throw new BadRow('the answer is not one of infer, with outputs in JSON');
  }
  const parameters = membersOf(members.get('parameters') ?? '') ?? new Map<string, string>();
  for (const name of BATCH_TAGS) {
    parameters.delete(name);
  }
  const shared = parameters.size === 0 ? '' : `${toObject(parameters).slice(1, -1)},`;
  const tensors = readOutputs(outputs, tail);
  const counts = items.map(({ piece }) => piece.rows);
  const parts = items.length === 1 ? [tensors.map(whole)] : split(tensors, counts);
  return parts?.map((texts, at) => {
    const { row, piece } = items[at] as InferItem;
    members.set('id', JSON.stringify(piece.id ?? tags.idOf(row)));
    members.set('parameters', `{${shared}${tags.of(row)}}`);
    return toObject(members.set('outputs', `[${texts.join()}]`));
  });
}

function readOutputs(outputs: readonly string[], tail: Uint8Array | undefined): AnsweredTensor[] {
  let at = 0;
  return outputs.map((text, index) => {
    const members = membersOf(text) ?? new Map<string, string>();
    const shape = elementsOf(members.get('shape') ?? '')?.map(Number);
    const [name, datatype] = [parseJson(members.get('name') ?? ''), parseJson(members.get('datatype') ?? '')];
    if (shape === undefined || typeof name !== 'string' || !isDatatype(datatype)) {
      throw new BadRow(`outputs[${index}]: expected an object {name, shape, datatype, data}`);
    }
    const parameters = membersOf(members.get('parameters') ?? '') ?? new Map<string, string>();
    const size = Number(parameters.get('binary_data_size'));
    members.delete('shape');
    if (members.has('data') || tail === undefined || !(at + size <= tail.length)) {
      const elements = elementsOf(members.get('data') ?? '');
      if (elements === undefined) {
        throw new BadRow(`output ${name}: expected data, or bytes behind the JSON`);
      }
      members.delete('data');
      return { name, members, shape, elements };
    }
    parameters.delete('binary_data_size');
    if (parameters.size === 0) {
      members.delete('parameters');
    } else {
      members.set('parameters', toObject(parameters));
    }
    const bytes = tail.subarray(at, at + size);
    at += size;
    const contentType = parseJson(parameters.get('content_type') ?? '""') as string | undefined;
    return { name, members, shape, elements: elementTexts({ name, datatype, shape, bytes, contentType }) };
  });
}

function whole({ members, shape, elements }: AnsweredTensor): string {
  return toOutput(members, shape, elements);
}

function toOutput(
  members: ReadonlyMap<string, string>,
  shape: readonly number[],
  elements: readonly string[],
): string {
  return toObject([...members, ['shape', `[${shape}]`], ['data', `[${elements.join()}]`]]);
}

/** The outputs of each part, along their first axis; undefined when an output has another number of rows. */
function split(tensors: readonly AnsweredTensor[], counts: readonly number[]): string[][] | undefined {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const isSplit = tensors.every(
    ({ shape, elements }) => shape[0] === rows && elements.length % rows === 0 && elements.length > 0,
  );
  if (!isSplit) {
    return undefined;
  }
  let start = 0;
  return counts.map((count) => {
    const part = tensors.map(({ members, shape, elements }) => {
      const width = elements.length / rows;
      const own = elements.slice(start * width, (start + count) * width);
      return toOutput(members, [count, ...shape.slice(1)], own);
    });
    start += count;
    return part;
  });
}
