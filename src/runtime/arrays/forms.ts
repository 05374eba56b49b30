import { type DataOf, type DType, isComplex } from './dtype.ts';
import type { Elements } from './elements.ts';
import { copyRows, isNumbersOnly, nest, pairs, rowsOf, toData, toList } from './nested-lists.ts';
import { sizeOf } from './shape.ts';

/** The array whose elements a form holds. */
interface Frame {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

type Lists = readonly (readonly unknown[])[];

/** One of the forms in which an array holds its elements; gives any other form of them. */
export abstract class Form<H = unknown> {
  readonly held: H;

  constructor(held: H) {
    this.held = held;
  }

  /** Nested lists of plain values; a plain value without axes. */
  abstract toNested(frame: Frame): unknown;

  /** Lists that hold the elements, in order. */
  protected abstract lists(frame: Frame): Lists;

  /** Whether the lists still have the shape: whoever has them may have changed them. */
  protected abstract isRegular(frame: Frame): boolean;

  /** A row-major list of plain values. */
  toFlat(frame: Frame): readonly unknown[] {
    return toList(this.lists(frame));
  }

  /** The elements as the dtype, row-major. */
  toData(frame: Frame): DataOf[DType] {
    return toData(this.lists(frame), sizeOf(frame.shape), frame.dtype);
  }

  /** The elements to copy, without conversion to another form. */
  elements(frame: Frame): Elements {
    const lists = this.lists(frame);
    const isRegular = this.isRegular(frame);
    return { copyTo: (target, start) => isRegular && copyRows(lists, target, start) };
  }

  /** The form to hold instead, now that its lists, nested or flat, are handed out and may be changed. */
  handOut(_frame: Frame, _isNested: boolean): Form {
    return this;
  }
}

/** Nested lists, as a request or a model brings them. */
export class NestedLists extends Form {
  override toNested(): unknown {
    return this.held;
  }

  protected override lists({ shape }: Frame): Lists {
    return rowsOf(this.held, shape.length);
  }

  protected override isRegular({ shape }: Frame): boolean {
    return isNumbersOnly(this.held, shape, 0);
  }
}

/** One row-major list. */
export class FlatList extends Form<ArrayLike<unknown>> {
  override toNested(frame: Frame): unknown {
    const { shape, dtype } = frame;
    if (shape.length === 1) {
      return this.toFlat(frame);
    }
    return nest(isComplex(dtype) ? this.toFlat(frame) : this.held, shape);
  }

  override toFlat(_frame: Frame): readonly unknown[] {
    return this.held as readonly unknown[];
  }

  protected override lists(frame: Frame): Lists {
    return [this.toFlat(frame)];
  }

  protected override isRegular({ shape }: Frame): boolean {
    return this.held.length === sizeOf(shape);
  }
}

/** The data itself: a typed array, or a list where the dtype has none. */
export class Data extends FlatList {
  declare readonly held: DataOf[DType];

  override toData(): DataOf[DType] {
    return this.held;
  }

  override toFlat({ dtype }: Frame): readonly unknown[] {
    const data = this.held;
    if (Array.isArray(data)) {
      return data;
    }
    return isComplex(dtype) ? pairs(data as Float64Array) : toList([data]);
  }

  override elements(frame: Frame): Elements {
    const data = this.held;
    if (Array.isArray(data)) {
      return super.elements(frame);
    }
    // 64-bit integers are not numbers here, and complex numbers are two.
    const isPlain = typeof data[0] === 'number' && !isComplex(frame.dtype);
    return {
      copyTo(target, start) {
        if (isPlain) {
          target.set((data as Float64Array).subarray(start, start + target.length));
        }
        return isPlain;
      },
    };
  }
}

/**
 * Numbers of a request's text. The lists that they are there are made when they are asked for, and are the
 * array's own from then on.
 */
export class ReadNumbers extends Data {
  readonly #as: 'nested' | 'flat';

  constructor(read: Float64Array, as: 'nested' | 'flat') {
    super(read);
    this.#as = as;
  }

  override handOut(frame: Frame, isNested: boolean): Form {
    if (this.#as === 'flat') {
      return new FlatList(this.toFlat(frame));
    }
    return isNested ? new NestedLists(this.toNested(frame)) : this;
  }
}
