import fc from 'fast-check';
import { fromNested, type Meta, NdArray, type Payload, SeldonResponse } from '../../../src/index.ts';
import type { UnitJson } from './graph-case.ts';

type Names = string[];

/** Changes all that a unit can get at: the array, its lists, the names and the meta. */
function spoil(X: Payload, names: unknown, meta?: Meta): void {
  if (X instanceof NdArray) {
    if (X.dtype === 'float64') {
      (X.data as Float64Array).fill(-7);
    }
    const lists = X.toNested();
    if (Array.isArray(lists)) {
      lists.length = 0;
    }
  } else if (X instanceof Uint8Array) {
    X.fill(0);
  } else if (typeof X === 'object' && X !== null) {
    Object.assign(X, { spoilt: true });
  }
  if (Array.isArray(names)) {
    names.splice(0, names.length, 'spoilt');
  }
  spoilAll(meta);
}

function spoilAll(value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach(spoilAll);
    value.push('spoilt');
  } else if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(spoilAll);
    Object.assign(value, { spoilt: true });
  }
}

function describe(X: Payload): unknown {
  if (X instanceof NdArray) {
    return { dtype: X.dtype, shape: [...X.shape], list: X.toNested() };
  }
  return X instanceof Uint8Array ? { bytes: [...X] } : { value: X, type: typeof X };
}

function numbers(X: Payload): number[] {
  try {
    return X instanceof NdArray ? [...X.asType('float64').data] : [1, 2];
  } catch {
    return [3];
  }
}

/** Ways in which a unit answers a message. */
export const ANSWERS: Readonly<Record<string, () => (X: Payload, names: Names, meta?: Meta) => unknown>> = {
  same: () => (X) => X,
  lists: () => (X) => [numbers(X), numbers(X)],
  row: () => (X) => numbers(X),
  inPlace: () => (X) => {
    if (X instanceof NdArray && X.dtype === 'float64') {
      const data = X.data as Float64Array;
      for (let i = 0; i < data.length; i++) {
        data[i] = (data[i] as number) * 2 + 0.1;
      }
    }
    return X;
  },
  listsInPlace: () => (X) => {
    const lists = X instanceof NdArray ? X.toNested() : X;
    if (Array.isArray(lists) && Array.isArray(lists[0])) {
      lists[0][0] = 41;
    }
    return X;
  },
  /** Returns the same array each time, with other numbers. */
  kept: () => {
    const kept = fromNested([[1, 2]]);
    return (X) => {
      const [first = 0] = numbers(X);
      (kept.data as Float64Array)[0] = first + 1;
      return kept;
    };
  },
  /** Changes what it returned when it is called again. */
  late: () => {
    let last: Float64Array | undefined;
    return (X) => {
      last?.fill(99);
      last = Float64Array.from(numbers(X), (x) => x / 3);
      return last;
    };
  },
  signs: () => (X) => numbers(X).map((x) => (Object.is(x, -0) ? 'minus zero' : String(x))),
  text: () => (X, names) => `${names.join()} ${JSON.stringify(describe(X), bigintText)}`,
  json: () => (X, names, meta) => ({ X: describe(X), names, meta: meta ?? null }),
  bytes: () => (X) => Uint8Array.from(numbers(X)),
  words: () => () => [
    ['a', 'b'],
    ['c', 'd'],
  ],
  mixed: () => () => [
    ['a', 1],
    [2, null],
  ],
  odd: () => () => [
    [-0, Number.NaN, 1e300],
    [2 ** 53, -1e17, Number.POSITIVE_INFINITY],
  ],
  zeros: () => () => [
    [-0, 0],
    [1e-7, -1],
  ],
  single: () => () => Float32Array.of(0.1, 16777217),
  long: () => () => BigInt64Array.of(9007199254740993n, -1n),
  short: () => () => BigInt64Array.of(3n),
  flags: () => () => [[true, false]],
  empty: () => () => [],
  many: () => () => Array.from({ length: 8 }, (_, i) => Array.from({ length: 9 }, (_, j) => i + j / 7)),
  tagged: () => (X, _names, meta) =>
    new SeldonResponse(X, {
      tags: { n: Object.keys(meta?.tags ?? {}).length, big: 2n ** 60n, deep: [{ a: 1 }] },
    }),
  counted: () => (X) =>
    new SeldonResponse(X, { metrics: [{ type: 'COUNTER', key: 'calls', value: 1, tags: { a: 'b' } }] }),
  created: () => (X) => new SeldonResponse(X, { status: 201, headers: { 'x-own': '1' } }),
};

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** A unit of a random graph: how it answers, and whether it spoils what it got. */
export interface RandomUnit {
  readonly answer: string;
  readonly spoils: boolean;
  readonly names: 'none' | 'own' | 'odd';
  readonly isRaw: boolean;
  readonly route: number;
  readonly tags: boolean;
}

/** Makes the class of a unit; each object of it has a memory of its own. */
export function classOf(unit: RandomUnit): new () => object {
  return class Random {
    readonly #answer = (ANSWERS[unit.answer] as (typeof ANSWERS)[string])();
    tags?: unknown;
    classNames?: unknown;
    predictRaw?: unknown;

    constructor() {
      if (unit.tags) {
        this.tags = { [`of ${unit.answer}`]: { list: [1, { x: -0 }] } };
      }
      if (unit.names !== 'none') {
        this.classNames = unit.names === 'own' ? () => ['p', 'q'] : () => [1, 'x', null];
      }
      if (unit.isRaw) {
        this.predictRaw = (message: unknown) => message;
      }
    }

    #run(X: Payload, names: Names, meta?: Meta): unknown {
      const answer = this.#answer(X, names, meta);
      if (unit.spoils && answer !== X && !(answer instanceof SeldonResponse)) {
        spoil(X, names, meta);
      }
      return answer;
    }

    predict(X: Payload, names: Names, meta?: Meta) {
      return this.#run(X, names, meta);
    }

    transformInput(X: Payload, names: Names, meta?: Meta) {
      return this.#run(X, names, meta);
    }

    transformOutput(X: Payload, names: Names, meta?: Meta) {
      return this.#run(X, names, meta);
    }

    route() {
      return unit.route;
    }

    aggregate(list: Payload[], names: Names[]) {
      const answer = this.#answer(list[list.length - 1] as Payload, names.flat());
      if (unit.spoils) {
        for (const [index, each] of list.entries()) {
          if (answer !== each && !(answer instanceof SeldonResponse)) {
            spoil(each, names[index]);
          }
        }
      }
      return answer;
    }
  };
}

const unit: fc.Arbitrary<RandomUnit> = fc.record({
  answer: fc.constantFrom(...Object.keys(ANSWERS)),
  spoils: fc.boolean(),
  names: fc.constantFrom('none', 'none', 'own', 'odd'),
  isRaw: fc.integer({ max: 9 }).map((n) => n === 0),
  route: fc.integer({ min: -2, max: 2 }),
  tags: fc.boolean(),
});

const TYPES = ['MODEL', 'ROUTER', 'COMBINER', 'TRANSFORMER', 'OUTPUT_TRANSFORMER', 'UNKNOWN_TYPE'];
const METHODS = ['TRANSFORM_INPUT', 'TRANSFORM_OUTPUT', 'ROUTE', 'AGGREGATE'];

/** A tree of at most 12 units, with all types and methods. */
export interface RandomGraph {
  readonly graph: UnitJson;
  readonly units: Readonly<Record<string, RandomUnit>>;
}

const node = fc.record({
  unit,
  type: fc.constantFrom(...TYPES, 'MODEL', 'MODEL', 'COMBINER'),
  methods: fc.oneof({ weight: 4, arbitrary: fc.constant<string[]>([]) }, fc.subarray(METHODS)),
  /** Counts back from the node itself. */
  parent: fc.integer({ min: 1, max: 4 }),
});

export const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .array(node, { minLength: 1, maxLength: 12 })
  .map((nodes) => {
    const toJson = (index: number): UnitJson => {
      const { type, methods } = nodes[index] as (typeof nodes)[number];
      const children = nodes.flatMap(({ parent }, other) =>
        other > 0 && Math.max(0, other - parent) === index ? [toJson(other)] : [],
      );
      return { name: `n${index}`, type, methods, children };
    };
    return {
      graph: toJson(0),
      units: Object.fromEntries(nodes.map(({ unit: own }, index) => [`n${index}`, own])),
    };
  });
