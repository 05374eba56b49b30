import { fromData } from 'seldon-lambda';

/** Names its columns by a plain attribute, which may be read anew at every call. */
export class NamedColumns {
  classNames = ['first', 'second'];

  predict() {
    return fromData(Float64Array.of(1, 2), [1, 2]);
  }

  transformInput() {
    this.classNames = ['later', 'still'];
    return this.predict();
  }
}
