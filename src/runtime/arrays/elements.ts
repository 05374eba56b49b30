/** The elements of an array, to copy if all of them are numbers. */
export interface Elements {
  /** Copies `target.length` elements, row-major from `start` on; false when one of them is not a number. */
  copyTo(target: Float64Array, start: number): boolean;
}
