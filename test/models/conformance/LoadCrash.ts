import { LoadCounter } from './LoadCounter.ts';

/** A LoadCounter whose load fails. */
export class LoadCrash extends LoadCounter {
  override load() {
    throw new Error('cannot load weights');
  }
}
