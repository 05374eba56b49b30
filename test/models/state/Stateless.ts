/** Has no state. */
export class Stateless {
  predict(): number[] {
    return [1];
  }
}
