import type { NdArray } from '../runtime/arrays/ndarray.ts';
import type { Metric, SeldonMessage } from '../runtime/model/message.ts';
import type { PayloadKind } from '../runtime/model/payload-kinds.ts';
import { readAnswered } from './answered-array.ts';
import { ARRAY_FORMS } from './array-form.ts';
import { fromBase64 } from './base64.ts';

/** An array with the names of its columns. */
export type NamedArray = NdArray & { readonly names: readonly string[] };

/** The facts that came with an answer, beside its message. */
interface Envelope {
  readonly status: number;
  readonly headers: Headers;
  readonly tries: number;
}

/**
 * The answer of a model. Its payload is read when it is first asked for.
 *
 * @example const { array, tags, puid } = await iris.predict([[5.1, 3.5, 1.4, 0.2]]);
 */
export class Answer {
  /** The whole answer. An integer beyond 2^53 is a bigint. */
  readonly message: SeldonMessage;
  /** HTTP status, 200..299. */
  readonly status: number;
  readonly headers: Headers;
  /** Number of requests that were sent for this answer. */
  readonly tries: number;
  #array: NamedArray | undefined;

  /** @internal Use a client. */
  constructor(message: SeldonMessage, { status, headers, tries }: Envelope) {
    this.message = message;
    this.status = status;
    this.headers = headers;
    this.tries = tries;
  }

  /** The field of the message that has the payload; undefined where there is none. */
  get kind(): PayloadKind | undefined {
    const { data, ...others } = this.message;
    if (data != null) {
      return ARRAY_FORMS.find((kind) => data[kind] != null) ?? 'ndarray';
    }
    return (['jsonData', 'strData', 'binData'] as const).find((kind) => others[kind] !== undefined);
  }

  /**
   * The array: `data` row-major as a typed array, `shape`, `dtype`, `names`, and the methods of an `NdArray`.
   *
   * Numbers are a Float64Array, but integers are a BigInt64Array or a BigUint64Array if a double does not
   * hold all digits of one; `asType` converts them. A `tftensor` keeps its dtype. Text, booleans and mixed
   * values are a plain list.
   *
   * @throws TypeError when the answer has no array, or one that cannot be read.
   */
  get array(): NamedArray {
    this.#array ??= this.#readArray();
    return this.#array;
  }

  /**
   * The child that a router chose: -1 means all, -2 none.
   *
   * @throws TypeError when the answer is not a single whole number.
   */
  get branch(): number {
    const { data } = this.array;
    const branch = Number(data[0]);
    if (data.length !== 1 || !Number.isInteger(branch)) {
      throw new TypeError('the answer is not a branch: expected a single whole number');
    }
    return branch;
  }

  /** @throws TypeError when the answer has no text. */
  get strData(): string {
    return String(this.#payload('strData'));
  }

  /** @throws TypeError when the answer has no JSON. */
  get jsonData(): unknown {
    return this.#payload('jsonData');
  }

  /** @throws TypeError when the answer has no bytes. */
  get binData(): Uint8Array {
    const bytes = fromBase64(String(this.#payload('binData')));
    if (bytes === undefined) {
      throw new TypeError('binData of the answer is not base64');
    }
    return bytes;
  }

  /** Tags of the model and of the request. */
  get tags(): Readonly<Record<string, unknown>> {
    return this.message.meta?.tags ?? {};
  }

  get metrics(): readonly Metric[] {
    return this.message.meta?.metrics ?? [];
  }

  /** The id under which the log of the functions has this call. */
  get puid(): string | undefined {
    const puid = this.headers.get('seldon-puid') ?? this.message.meta?.puid;
    return puid == null ? undefined : String(puid);
  }

  #readArray(): NamedArray {
    const { data } = this.message;
    if (data == null) {
      throw this.#without('array');
    }
    const names = (Array.isArray(data.names) ? data.names : []).map(String);
    try {
      return Object.assign(readAnswered(data), { names });
    } catch (error) {
      throw new TypeError(`the array of the answer cannot be read: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  #payload(kind: 'jsonData' | 'strData' | 'binData'): unknown {
    if (this.kind !== kind) {
      throw this.#without(kind);
    }
    return this.message[kind];
  }

  #without(expected: string): TypeError {
    return new TypeError(`the answer has no ${expected}, but ${this.kind ?? 'no payload at all'}`);
  }
}
