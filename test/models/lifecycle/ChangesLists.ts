import type { NdArray } from 'seldon-lambda';

/** Changes the lists that it is given, in one of several ways, and answers the array that gave them. */
export class ChangesLists {
  private readonly how: string;

  constructor({ how }: { how: string }) {
    this.how = how;
  }

  predict(X: NdArray): NdArray {
    if (this.how === 'flat') {
      (X.toFlat() as number[])[0] = -7;
      return X;
    }
    const table = X.toNested() as number[][];
    const [first, second] = table as [number[], number[]];
    if (this.how === 'push') {
      for (const row of table) {
        row.push(9);
      }
    } else if (this.how === 'pop') {
      for (const row of table) {
        row.pop();
      }
    } else if (this.how === 'set') {
      first[0] = -7;
    } else {
      second.push(first.pop() as number);
    }
    return X;
  }
}
