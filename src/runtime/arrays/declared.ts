import { badData } from '../errors.ts';
import type { Datatype } from './datatypes.ts';
import { fittedShape, sizeOf } from './shape.ts';

/** What is known of values before they are read. */
export interface Declared {
  readonly datatype: Datatype;
  /** One axis may be -1, and gets the length that is left. */
  readonly shape: readonly number[];
  /** Place of the values in the request, for errors. */
  readonly place: string;
}

/**
 * The shape of a tensor with `size` elements.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it has another number of elements.
 */
export function fitDeclared({ shape, place }: Omit<Declared, 'datatype'>, size: number): readonly number[] {
  const fitted = fittedShape(shape, size);
  if (fitted === undefined) {
    const others = Math.abs(sizeOf(shape));
    const expected =
      others === size
        ? `no -1 beside 0 in (${shape})`
        : `${others} values for the shape (${shape}), got ${size}`;
    throw badData(`${place}: expected ${expected}`);
  }
  return fitted;
}
