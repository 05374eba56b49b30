import { doublesOf } from '../../arrays/int64.ts';
import { shortDoubles } from '../../arrays/short-float32.ts';
import { toBase64 } from '../../base64.ts';
import { type NumberKernel, numberKernel } from '../../json/large-arrays.ts';
import type { AnswerTensor } from '../tensors/answer-tensor.ts';

/** With fewer numbers, JSON.stringify is faster. */
const MIN_NUMBERS = 64;
/** Characters of a number and its comma, about. */
const CHARACTERS = 10;

/**
 * Writes the elements of a tensor as a JSON list, row-major. NaN and infinities are null; integers of 64 bits
 * have all their digits; float32 numbers have the fewest digits that read back as the same float32. A promise
 * when the writer of numbers has to be loaded.
 */
export function dataToJson({
  data,
  datatype,
}: Pick<AnswerTensor, 'data' | 'datatype'>): string | Promise<string> {
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
  return numbersAsText(data as Float32Array | Float64Array);
}

function toText(element: string | Uint8Array): string {
  return typeof element === 'string' ? element : toBase64(element);
}

function numbersAsText(numbers: Float32Array | Float64Array): string | Promise<string> {
  if (numbers.length < MIN_NUMBERS || !areFinite(numbers)) {
    return plainText(numbers);
  }
  const kernel = numberKernel(numbers.length * CHARACTERS);
  const writeBy = (loaded: NumberKernel | undefined) =>
    (loaded && writeLarge(numbers, loaded)) ?? plainText(numbers);
  return kernel instanceof Promise ? kernel.then(writeBy) : writeBy(kernel);
}

function writeLarge(numbers: Float32Array | Float64Array, { toJsonText }: NumberKernel): string | undefined {
  const copyTo = (target: Float64Array, start: number) => {
    target.set(numbers.subarray(start, start + target.length));
    return true;
  };
  return toJsonText([
    { elements: { copyTo }, shape: [numbers.length], isSingle: numbers instanceof Float32Array },
  ]);
}

/** JSON.stringify writes null for what is not finite. */
function plainText(numbers: Float32Array | Float64Array): string {
  return JSON.stringify(Array.from(numbers instanceof Float32Array ? shortDoubles(numbers) : numbers));
}

function areFinite(numbers: Float32Array | Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] as number;
    if (value - value !== 0) {
      return false;
    }
  }
  return true;
}
