import type { Datatype } from '../runtime/arrays/datatypes.ts';
import type { DataOf, DType } from '../runtime/arrays/dtype.ts';
import { readValues } from '../runtime/arrays/json-values.ts';
import { fromData, type NdArray } from '../runtime/arrays/ndarray.ts';
import { fromBase64 } from './base64.ts';
import { readBinary } from './binary-tensors.ts';
import { parseJson } from './parse-json.ts';
import type { TensorParameters } from './tensor.ts';
import { utf8 } from './utf8.ts';

/** What an answer says of an output, and where its elements are. */
interface Answered {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly parameters: TensorParameters;
  /** The list of the JSON, or the bytes behind it. */
  readonly content: unknown;
}

/**
 * An output of a model. Its elements are read when they are first asked for. It can be an input of another
 * call.
 */
export class InferOutput {
  readonly name: string;
  readonly datatype: Datatype;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** As `content_type`, which says what BYTES are. */
  readonly parameters: TensorParameters;
  readonly #content: unknown;
  #array: NdArray | undefined;
  #elements: readonly (string | Uint8Array)[] | undefined;

  /** @internal Use a client. */
  constructor({ name, datatype, shape, parameters, content }: Answered) {
    this.name = name;
    this.datatype = datatype;
    this.shape = shape;
    this.parameters = parameters;
    this.#content = content;
  }

  /**
   * The elements, row-major, as a typed array: a Float32Array for FP32, FP16 and BF16, a BigInt64Array for
   * INT64. Booleans are a list. BYTES are a list of texts, or of Uint8Arrays if the content type is `base64`.
   *
   * @throws TypeError when they are not what the datatype and the shape say, or texts are not UTF-8: then see
   *   `bytes`.
   */
  get data(): DataOf[DType] {
    return this.array.data;
  }

  /**
   * The elements with their shape: `toNested()`, `asType('float64').data` and so on.
   *
   * @throws TypeError as `data` does.
   */
  get array(): NdArray {
    this.#array ??= this.#read(() => {
      if (this.datatype !== 'BYTES') {
        return this.#values() as NdArray;
      }
      const isBytes = this.parameters.content_type === 'base64';
      return fromData(isBytes ? [...this.bytes] : this.#texts(), this.shape, isBytes ? 'object' : 'string');
    });
    return this.#array;
  }

  /**
   * Each element of BYTES as bytes; those of a text are UTF-8.
   *
   * @throws TypeError for other datatypes, and for a content type `base64` with anything else.
   */
  get bytes(): readonly Uint8Array[] {
    const isBase64 = this.parameters.content_type === 'base64';
    return this.#read(() =>
      this.#bytesElements().map((element, index) => {
        if (typeof element !== 'string') {
          return element;
        }
        const bytes = isBase64 ? fromBase64(element) : utf8(element);
        if (bytes === undefined) {
          throw new TypeError(`data[${index}]: expected base64, as the content type says`);
        }
        return bytes;
      }),
    );
  }

  /**
   * Each element of BYTES as the JSON value that its text is, as with the content type `json`. An integer
   * beyond 2^53 is a bigint.
   *
   * @throws TypeError for other datatypes, and for texts that are not JSON.
   */
  get json(): readonly unknown[] {
    return this.#read(() =>
      this.#texts().map((text, index) => {
        const value = parseJson(text);
        if (value === undefined) {
          throw new TypeError(`data[${index}]: expected JSON`);
        }
        return value;
      }),
    );
  }

  #texts(): string[] {
    return this.#bytesElements().map((element, index) => {
      if (typeof element === 'string') {
        return element;
      }
      try {
        // A byte order mark is a character of the text.
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(element);
      } catch (cause) {
        throw new TypeError(`data[${index}]: expected UTF-8; see bytes`, { cause });
      }
    });
  }

  #bytesElements(): readonly (string | Uint8Array)[] {
    if (this.datatype !== 'BYTES') {
      throw new TypeError(`expected BYTES, got ${this.datatype}`);
    }
    this.#elements ??= [...(this.#values() as Iterable<string | Uint8Array>)];
    return this.#elements;
  }

  /** An array; the elements of BYTES. */
  #values(): ReturnType<typeof readValues> | ReturnType<typeof readBinary> {
    const declared = { datatype: this.datatype, shape: this.shape, place: 'data' };
    const content = this.#content;
    return content instanceof Uint8Array ? readBinary(content, declared) : readValues(content, declared);
  }

  #read<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { message } = error as Error;
      throw new TypeError(`output ${this.name}: ${message}`, { cause: error });
    }
  }
}
