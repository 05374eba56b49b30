import { doublesOf } from '../../arrays/int64.ts';
import { shortDoubles } from '../../arrays/short-float32.ts';
import { toBase64 } from '../../base64.ts';
import { isFirstArray } from '../../json/warm-loops.ts';
import { numbersToJson } from '../../json/write-numbers.ts';
import type { AnswerTensor } from '../tensors/answer-tensors.ts';

/** With fewer numbers, JSON.stringify is faster. */
const MIN_NUMBERS = 32;

/**
 * Writes the elements of a tensor as a JSON list, row-major. NaN and infinities are null; integers of 64 bits
 * have all their digits; float32 numbers have the fewest digits that read back as the same float32.
 */
export function dataToJson({ data, datatype }: Pick<AnswerTensor, 'data' | 'datatype'>): string {
  if (datatype === 'BYTES') {
    return JSON.stringify(Array.from(data as readonly (string | Uint8Array)[], toText));
  }
  if (Array.isArray(data)) {
    return JSON.stringify(data);
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const doubles = doublesOf(data);
    return doubles === undefined ? `[${data.join()}]` : numbersAsText(doubles);
  }
  if (data instanceof Float32Array) {
    return numbersAsText(shortDoubles(data));
  }
  return numbersAsText(data as Float64Array);
}

function toText(element: string | Uint8Array): string {
  return typeof element === 'string' ? element : toBase64(element);
}

function numbersAsText(numbers: Float64Array): string {
  if (numbers.length >= MIN_NUMBERS && areFinite(numbers) && !isFirstArray('write')) {
    const copyTo = (target: Float64Array, start: number) => {
      target.set(numbers.subarray(start, start + target.length));
      return true;
    };
    const text = numbersToJson({ areListed: false, copyTo }, [numbers.length]);
    if (text !== undefined) {
      return text;
    }
  }
  // It writes null for what is not finite.
  return JSON.stringify(Array.from(numbers));
}

function areFinite(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (value - value !== 0) {
      return false;
    }
  }
  return true;
}
