import type { NdArray } from 'seldon-lambda';

class Words extends Map {}
class Ids extends Set {}
class Stack extends Array {}
class Day extends Date {}
class Vector extends Float64Array {}
class Blob8 extends ArrayBuffer {}

const hidden = Symbol('hidden');

/** States that a store would give back as something else, by name; `fine` comes back as it was. */
const STATES: Readonly<Record<string, () => unknown>> = {
  map: () => new Words(),
  set: () => new Ids(),
  list: () => Stack.of(1),
  date: () => new Day(0),
  floats: () => new Vector(1),
  bytes: () => new Blob8(1),
  symbol: () => ({ [hidden]: 1 }),
  listSymbol: () => Object.assign([1], { [hidden]: 1 }),
  property: () => Object.assign(new Map(), { name: 1 }),
  nested: () => new Map([['a', [Stack.of(1)]]]),
  invisible: () => Object.defineProperty({}, 'secret', { value: 1 }),
  fine: () => [
    new Map([[1, new Set([new Date(0)])]]),
    Buffer.from('x'),
    new Uint8ClampedArray(1),
    [1, undefined],
    null,
  ],
};

/** Its state is of the kind that the features of a feedback name. */
export class Extended {
  state: Record<string, unknown> = {};

  route(): number {
    return Object.keys(this.state).length;
  }

  sendFeedback(features: NdArray): void {
    const kind = String(features.toFlat()[0]);
    this.state[kind] = STATES[kind]?.();
  }

  getState() {
    return this.state;
  }

  setState(state: Record<string, unknown>) {
    this.state = state;
  }
}
