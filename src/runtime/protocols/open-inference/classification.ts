import { shortDoubles } from '../../arrays/short-float32.ts';
import { badData, SeldonError } from '../../errors.ts';
import { show } from '../../show.ts';
import type { AnswerTensor } from '../tensors/answer-tensor.ts';

/** The classes of an answer, at most: a text for each takes more memory than the value that came. */
const MAX_CLASSES = 2 ** 20;
/** The characters of their texts, at most, of which a label may have many. */
const MAX_CHARACTERS = 2 ** 25;

/** The classes of an answer so far, and the characters of their texts. */
export interface Taken {
  classes: number;
  characters: number;
}

/**
 * The highest values of each row of a tensor, in the place of the tensor: BYTES of `value:index`, or
 * `value:index:label`, of shape `[rows, count]`; of a tensor with one axis, `[count]`. The highest comes
 * first.
 *
 * @param labels - the names of the columns; used if there is one for each.
 * @param taken - of the answer, to which these come.
 * @throws SeldonError MICROSERVICE_BAD_DATA for a tensor that has no numbers; MICROSERVICE_PAYLOAD_TOO_LARGE
 *   for more classes than an answer has, before they are made.
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_classification.md
 */
export function classify(tensor: AnswerTensor, count: number, labels: unknown, taken: Taken): AnswerTensor {
  const { name, shape, datatype } = tensor;
  if (datatype === 'BYTES' || datatype === 'BOOL') {
    throw badData(`outputs: expected numbers for the classification of ${show(name)}, got ${datatype}`);
  }
  const values = tensor.data as Numbers;
  const rows = shape.length < 2 ? 1 : (shape[0] as number);
  const columns = rows === 0 ? 0 : values.length / rows;
  const kept = Math.min(count, columns);
  taken.classes += rows * kept;
  if (taken.classes > MAX_CLASSES) {
    const most = `an answer has at most ${MAX_CLASSES}, all outputs together`;
    throw tooLarge(`${rows * kept} classes of ${show(name)} are asked for; ${most}`);
  }
  const named = Array.isArray(labels) && labels.length === columns ? labels : undefined;
  const places = highest(values, { rows, columns, kept });
  const texts = valuesAt(values, places);
  const data: string[] = [];
  for (let i = 0; i < places.length; i++) {
    const column = (places[i] as number) % columns;
    const label = named === undefined ? '' : `:${named[column]}`;
    const text = `${texts[i]}:${column}${label}`;
    taken.characters += text.length;
    if (taken.characters > MAX_CHARACTERS) {
      throw tooLarge(
        `the classes of ${show(name)} take more than ${MAX_CHARACTERS} characters, all together`,
      );
    }
    data.push(text);
  }
  return { name, datatype: 'BYTES', shape: shape.length < 2 ? [kept] : [rows, kept], data };
}

type Numbers = ArrayLike<number | bigint>;

function tooLarge(info: string): Error {
  return new SeldonError('MICROSERVICE_PAYLOAD_TOO_LARGE', info);
}

/** Rows of values, of each of which some are kept. */
interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly kept: number;
}

/** Places that are collected before the best of them are looked for, beside twice those that are kept. */
const MORE = 1000;

/**
 * The places of the highest values of each row, the highest first; equal ones in order, and NaN at the end.
 * Takes memory for those that are kept alone.
 */
function highest(values: Numbers, { rows, columns, kept }: Rows): Uint32Array {
  const found = new Uint32Array(rows * kept);
  const best = new Uint32Array(Math.min(columns, 2 * kept + MORE));
  const compare = (a: number, b: number) => order(values[a], values[b]) || a - b;
  for (let row = 0; row < rows && kept > 0; row++) {
    const end = (row + 1) * columns;
    let length = 0;
    let least: number | undefined;
    for (let place = row * columns; place < end; place++) {
      if (least !== undefined && compare(place, least) > 0) {
        continue;
      }
      best[length++] = place;
      if (length === best.length) {
        best.sort(compare);
        length = kept;
        least = best[kept - 1];
      }
    }
    found.set(best.subarray(0, length).sort(compare).subarray(0, kept), row * kept);
  }
  return found;
}

/** Below 0 where `a` comes first. */
function order(a: number | bigint | undefined, b: number | bigint | undefined): number {
  if ((a as number) > (b as number)) {
    return -1;
  }
  return (a as number) < (b as number) ? 1 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** Values that read back as they are; FP32 in few digits. */
function valuesAt(values: Numbers, places: Uint32Array): Numbers {
  return values instanceof Float32Array
    ? shortDoubles(Float32Array.from(places, (place) => values[place] as number))
    : Array.from(places, (place) => values[place] as number | bigint);
}
