import { counter } from 'seldon-lambda';
import { RouterZoo } from './RouterZoo.ts';

/** A RouterZoo with class names, tags and metrics. */
export class RouterNamed extends RouterZoo {
  classNames() {
    return ['branch'];
  }

  tags() {
    return { router: 'named' };
  }

  metrics() {
    return [counter('routes', 1)];
  }
}
