/** A class in a file in a folder. */
export class Nested {
  predict() {
    return 'nested';
  }
}
