import fc from 'fast-check';
import { type DType, fromData, type NdArray } from 'seldon-lambda';

/**
 * Text of all kinds: plain, of other scripts, with quotes, controls and lone surrogates, and named like
 * members of objects.
 */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u2028', '\ud800', '\udc00', '😀', 'é', ' ', '/'),
    maxLength: 8,
  }),
  fc.constantFrom('__proto__', 'constructor', 'toJSON', 'then', 'length', 'NaN', 'Infinity', '', '1'),
);

/** Any JSON value, with keys and text of all kinds. */
export const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    fc.constantFrom(null, true, false, 0, 1, -1, 0.5, 1e21, 1e300, -5e-324, 2 ** 53),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    text,
    fc.array(tie('value'), { maxLength: 4, depthIdentifier: 'json' }),
    fc
      .array(fc.tuple(text, tie('value')), { maxLength: 4, depthIdentifier: 'json' })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

const ELEMENTS = {
  float64: fc.double(),
  float32: fc.float(),
  // Numbers that 16 bits hold exactly.
  float16: fc.oneof(
    fc.integer({ min: -2048, max: 2048 }),
    fc.constantFrom(65504, -65504, 2 ** -24, 0.5, 1.5, Number.NaN, Number.POSITIVE_INFINITY),
  ),
  bfloat16: fc.oneof(fc.integer({ min: -256, max: 256 }), fc.constantFrom(2 ** 100, -(2 ** -100))),
  int8: fc.integer({ min: -(2 ** 7), max: 2 ** 7 - 1 }),
  int16: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint8: fc.integer({ min: 0, max: 2 ** 8 - 1 }),
  uint16: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  complex64: fc.float(),
  complex128: fc.double(),
  bool: fc.boolean(),
  string: text,
  object: fc.oneof(json, fc.double()),
} satisfies Record<DType, fc.Arbitrary<unknown>>;

/** numpy's names of all element types. */
export const DTYPES = Object.keys(ELEMENTS) as DType[];

/** Few axes, now and then many or empty ones; at most 64 elements. */
export const shape: fc.Arbitrary<number[]> = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constant(0), fc.constant(1)), {
    maxLength: 5,
  })
  .filter((lengths) => lengths.reduce((product, length) => product * length, 1) <= 64);

/**
 * An array of `dtype` with `elements` (default: all that the dtype has), of any shape: empty and without axes
 * too.
 */
export function arrayOf(
  dtype: DType,
  elements: fc.Arbitrary<unknown> = ELEMENTS[dtype],
): fc.Arbitrary<NdArray> {
  const components = dtype === 'complex64' || dtype === 'complex128' ? 2 : 1;
  return shape.chain((lengths) => {
    const length = lengths.reduce((product, axis) => product * axis, components);
    return fc
      .array(elements, { minLength: length, maxLength: length })
      .map((list) => fromData(list as unknown[], lengths, dtype));
  });
}

/** An array of any dtype and shape. */
export const anyArray: fc.Arbitrary<NdArray> = fc.constantFrom(...DTYPES).chain((dtype) => arrayOf(dtype));

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom('NaN', 'Infinity', '-Infinity'),
);

/** Whether a number fits into a float32, whose infinities are words. */
const isSingle = (value: number | string) => typeof value === 'string' || Number.isFinite(Math.fround(value));

const tensorJson = shape.chain((lengths) => {
  const length = lengths.reduce((product, axis) => product * axis, 1);
  return fc.record({
    shape: fc.constant(lengths),
    values: fc.array(number, { minLength: length, maxLength: length }),
  });
});

const tftensorJson = shape.chain((lengths) => {
  const length = lengths.reduce((product, axis) => product * axis, 1);
  const tensorShape = fc.constant({ dim: lengths.map((size) => ({ size: String(size) })) });
  return fc.oneof(
    fc.record({
      dtype: fc.constantFrom('DT_DOUBLE', 2),
      tensorShape,
      tensorContent: fc
        .uint8Array({ minLength: 8 * length, maxLength: 8 * length })
        .map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
    fc.record({
      dtype: fc.constant('DT_FLOAT'),
      tensorShape,
      floatVal: fc.array(number.filter(isSingle), { maxLength: length }),
    }),
    fc.record({
      dtype: fc.constant('DT_INT64'),
      tensorShape,
      int64Val: fc.array(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => String(value)),
        { maxLength: length },
      ),
    }),
    fc.record({
      dtype: fc.constant('DT_BOOL'),
      tensorShape,
      boolVal: fc.array(fc.boolean(), { maxLength: length }),
    }),
  );
});

const data = fc.oneof(
  fc.record({ names: fc.array(text, { maxLength: 3 }), tensor: tensorJson }, { requiredKeys: ['tensor'] }),
  fc.record(
    { names: fc.array(text, { maxLength: 3 }), tftensor: tftensorJson },
    { requiredKeys: ['tftensor'] },
  ),
  fc.record({ names: fc.array(text, { maxLength: 3 }), ndarray: fc.oneof(fc.array(json), nested()) }),
  fc.constant({}),
);

function nested() {
  return arrayOf('float64', number).map((array) => array.toNested());
}

const meta = fc.record(
  {
    puid: text,
    tags: fc.dictionary(text, json, { maxKeys: 3 }),
    routing: fc.dictionary(text, fc.integer(), { maxKeys: 2 }),
    requestPath: fc.dictionary(text, text, { maxKeys: 2 }),
    metrics: fc.array(
      fc.record({ key: text, type: fc.constantFrom('COUNTER', 'GAUGE', 'TIMER'), value: fc.double() }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

/** A well-formed SeldonMessage with one payload, of any kind. */
export const message: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ data }) },
      fc.record({ strData: text }),
      fc.record({ jsonData: json }),
      fc.record({
        binData: fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64')),
      }),
    ),
    fc.option(fc.record({ meta }), { nil: {} }),
  )
  .map(([payload, rest]) => ({ ...payload, ...rest }));

/** A well-formed request of every kind of endpoint: a message, a list of them, a feedback. */
export const request: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: message },
  fc.array(message, { maxLength: 3 }),
  fc.record({ seldonMessages: fc.array(message, { maxLength: 3 }) }),
  fc.record(
    { request: message, response: message, truth: message, reward: fc.double({ noNaN: true }) },
    { requiredKeys: [] },
  ),
);

/** A JSON text as a tree: unlike a value it has room for repeated keys, and for what is no JSON at all. */
type Tree = string | Tree[] | { readonly entries: [key: string, value: Tree][] };

/**
 * Values that may stand where something else belongs: JSON of another type, numbers at all limits, and text
 * that is not JSON.
 */
const MISFITS = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-0',
    '-1',
    '0.5',
    '1e400',
    '-1e400',
    '1e9',
    '2147483648',
    '-9007199254740993',
  ],
  ...['18446744073709551616', '1e-400', '"1"', '""', '"x"', '"NaN"', '"\\u0000"', '"\\ud800"', '"😀"', '" "'],
  ...[
    '[]',
    '{}',
    '[[]]',
    '[[],[1]]',
    '[null]',
    '[[1],2]',
    '{"a":1}',
    '{"length":1e9}',
    '[1e9,1e9]',
    '[0,1e9]',
  ],
  ...['{"__proto__":{"a":1}}', '{"constructor":{"prototype":1}}', '{"toString":1,"valueOf":null,"toJSON":1}'],
  ...[
    'NaN',
    '-NaN',
    'Infinity',
    '-Infinity',
    'nan',
    'undefined',
    '01',
    '.5',
    '+1',
    '1Infinity',
    "'x'",
    '"',
    '',
  ],
  ...[
    '['.repeat(33) + ']'.repeat(33),
    '['.repeat(899) + ']'.repeat(899),
    '{"a":'.repeat(950) + 1 + '}'.repeat(950),
  ],
  ...['9'.repeat(400), '9'.repeat(4301)],
];

const KEYS = [
  ...[
    'data',
    'names',
    'tensor',
    'shape',
    'values',
    'ndarray',
    'tftensor',
    'dtype',
    'tensorShape',
    'dim',
    'size',
  ],
  ...[
    'tensorContent',
    'strData',
    'binData',
    'jsonData',
    'meta',
    'puid',
    'tags',
    'metrics',
    'requestPath',
    'status',
  ],
  ...[
    'seldonMessages',
    'request',
    'truth',
    'reward',
    '__proto__',
    'constructor',
    'toJSON',
    'then',
    'json',
    '',
    '😀',
  ],
];

const change = fc.record({
  /** Which node, counted in preorder, modulo their number. */
  at: fc.nat(200),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'repeat', 'rename', 'add'),
  misfit: fc.constantFrom(...MISFITS),
  key: fc.constantFrom(...KEYS),
});

/**
 * JSON text of `source`'s value with up to four things wrong with it: mostly JSON still, seldom a good
 * message.
 */
export function damagedText(source: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(source, fc.array(change, { minLength: 1, maxLength: 4 })).map(([value, changes]) => {
    const root: Tree[] = [toTree(value)];
    for (const { at, how, misfit, key } of changes) {
      const places = placesIn(root);
      if (places.length > 0) {
        places[at % places.length](how, misfit, key);
      }
    }
    return root.map(toText).join('');
  });
}

type Place = (
  how: (typeof change extends fc.Arbitrary<infer C> ? C : never)['how'],
  misfit: string,
  key: string,
) => void;

function placesIn(tree: Tree): Place[] {
  if (typeof tree === 'string') {
    return [];
  }
  if (Array.isArray(tree)) {
    return tree.flatMap((child, index) => [
      (how, misfit) => {
        if (how === 'remove') {
          tree.splice(index, 1);
        } else if (how === 'repeat' || how === 'add') {
          tree.splice(index, 0, how === 'add' ? misfit : child);
        } else {
          tree[index] = misfit;
        }
      },
      ...placesIn(child),
    ]);
  }
  const { entries } = tree;
  return entries.flatMap((entry, index) => [
    (how, misfit, key) => {
      if (how === 'remove') {
        entries.splice(index, 1);
      } else if (how === 'rename') {
        entry[0] = key;
      } else if (how === 'repeat') {
        entries.push([entry[0], misfit]);
      } else if (how === 'add') {
        entries.push([key, misfit]);
      } else {
        entry[1] = misfit;
      }
    },
    ...placesIn(entry[1]),
  ]);
}

function toTree(value: unknown): Tree {
  if (Array.isArray(value)) {
    return value.map(toTree);
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value) ?? 'null';
  }
  return { entries: Object.entries(value).map(([key, inner]) => [key, toTree(inner)]) };
}

function toText(tree: Tree): string {
  if (typeof tree === 'string') {
    return tree;
  }
  if (Array.isArray(tree)) {
    return `[${tree.map(toText).join(',')}]`;
  }
  return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${toText(value)}`).join(',')}}`;
}
