import { SeldonNotImplementedError } from 'seldon-lambda';
import { LoadCounter } from './LoadCounter.ts';

/** A LoadCounter whose load is not implemented. */
export class LoadNotImpl extends LoadCounter {
  override load() {
    throw new SeldonNotImplementedError('load is not implemented');
  }
}
