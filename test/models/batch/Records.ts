import { NdArray, type Payload, SeldonError } from 'seldon-lambda';

/** Answers what it gets; a text may ask for a failure, or for no end. */
export class Records {
  predict(X: Payload, names: string[]): unknown {
    if (X instanceof NdArray) {
      return names.length > 0 ? { names, rows: X.toNested() } : X;
    }
    const word = String(X).split(' ', 1)[0] as string;
    if (word === 'hang') {
      return new Promise(() => {});
    }
    if (word === 'crash') {
      throw new Error('the model is out of order');
    }
    const status = Number(word);
    if (status >= 400) {
      throw new SeldonError('ASKED_FOR', `status ${status}`, { status });
    }
    return X;
  }
}
