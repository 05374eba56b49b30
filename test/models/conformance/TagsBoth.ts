import { type Payload, SeldonResponse } from 'seldon-lambda';
import { Tags } from './Tags.ts';

/** Has tags of its own and tags of the answer. */
export class TagsBoth extends Tags {
  override predict(X: Payload) {
    return new SeldonResponse(X, { tags: { runtime: true, shared: 'runtime' } });
  }
}
