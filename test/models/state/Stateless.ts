/** Has nothing to remember. */
export class Stateless {
  predict(): number[] {
    return [1];
  }
}
