import { gauge, type Meta, type Payload, SeldonResponse } from 'seldon-lambda';
import { firstNumber } from './first-element.ts';

/** Routes to whatever the text names, good or bad, else to the first number. */
export class RouterZoo {
  route(X: Payload, _names: string[], _meta?: Meta): unknown {
    if (typeof X === 'string' && X in routes) {
      return routes[X]();
    }
    return Math.trunc(firstNumber(X));
  }
}

const routes: Record<string, () => unknown> = {
  int: () => 1,
  zero: () => 0,
  minus1: () => -1,
  minus2: () => -2,
  big: () => 1099511627776,
  true: () => true,
  false: () => false,
  str: () => '1',
  float: () => 1.0,
  np_int: () => 1n,
  none: () => null,
  list: () => [1],
  sr: () => new SeldonResponse(1, { tags: { rt: 'route' }, metrics: [gauge('route_gauge', 3)] }),
};
