import { counter, fromData, gauge, SeldonResponse } from 'seldon-lambda';
import { firstElement } from './first-element.ts';

/** Values that a method may return, by name and, in this order, by index; new at every call. */
export const kinds: Record<string, () => unknown> = {
  array_int_2d: () => fromData(new BigInt64Array([1n, 2n, 3n, 4n]), [2, 2]),
  array_float_2d: () => fromData(new Float64Array([0.5, 1.5, 2.5, 3.25]), [2, 2]),
  array_float_integral_2d: () => fromData(new Float64Array([1, 2]), [1, 2]),
  array_float32_2d: () => fromData(new Float32Array([0.1, 0.2]), [1, 2]),
  array_float_extremes: () =>
    fromData(new Float64Array([1e16, 1e22, 1e-5, 1e-7, 123456789.125, -0, 5e-324, 1.7976931348623157e308])),
  array_uint8_2d: () => fromData(new Uint8Array([0, 255]), [1, 2]),
  array_uint64_max: () => fromData(new BigUint64Array([18446744073709551615n])),
  array_int64_min: () => fromData(new BigInt64Array([-9223372036854775808n, 9007199254740993n])),
  array_0d: () => fromData(new Float64Array([5]), []),
  array_1d: () => fromData(new Float64Array([1, 2.5, 3])),
  array_3d: () => fromData(new Float64Array([0, 1, 2, 3, 4, 5, 6, 7]), [2, 2, 2]),
  array_4d: () => fromData(new BigInt64Array([0n, 1n, 2n, 3n]), [1, 2, 1, 2]),
  array_empty_1d: () => fromData(new Float64Array()),
  array_empty_0x3: () => fromData(new Float64Array(), [0, 3]),
  array_empty_2x0: () => fromData(new Float64Array(), [2, 0]),
  array_nan_inf: () =>
    fromData(new Float64Array([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]), [1, 3]),
  array_bool_2d: () => fromData([true, false], [1, 2]),
  array_string_1d: () => fromData(['a', 'b']),
  array_string_2d: () => fromData(['a', 'b', 'c', 'd'], [2, 2]),
  array_object_2d: () => fromData([1, 'a', null, 2.5, true], [1, 5]),
  list_int_1d: () => [1, 2, 3],
  list_float_1d: () => [1, 2.5],
  list_int_2d: () => [
    [1, 2],
    [3, 4],
  ],
  list_mixed_num_2d: () => [
    [1, 2.5],
    [3, 4],
  ],
  list_3d: () => [[[1, 2]], [[3, 4]]],
  list_bool_1d: () => [true, false],
  list_bool_int: () => [true, 2],
  list_string_1d: () => ['a', 'b'],
  list_string_2d: () => [
    ['a', 'b'],
    ['c', 'd'],
  ],
  list_mixed_1d: () => [1, 'a'],
  list_mixed_none_1d: () => [1, 'a', null],
  list_none: () => [null],
  list_ragged: () => [[1, 2], [3]],
  list_empty: () => [],
  list_list_empty: () => [[]],
  list_dicts: () => [{ a: 1 }, { b: [1, 2] }],
  list_bigint: () => [9223372036854775808n, 1],
  list_hugeint: () => [36893488147419103232n, 1],
  list_nan: () => [Number.NaN, 1],
  list_bytes: () => [Buffer.from([97]), Buffer.from([98])],
  dict: () => ({ b: 1, a: [1, 2.5, 'x', null, true], n: { k: 'v' } }),
  dict_empty: () => ({}),
  dict_nan: () => ({ x: Number.NaN }),
  dict_int_keys: () => ({ 1: 'one', 2: 'two' }),
  dict_mixed_keys: () => ({ 1: 'one', b: 'two' }),
  dict_numpy: () => ({ a: fromData(new BigInt64Array([1n, 2n])) }),
  dict_payload_like: () => ({ data: { ndarray: [[1]] }, meta: { tags: { x: 1 } }, status: { code: 500 } }),
  str: () => 'hello',
  str_empty: () => '',
  str_unicode: () => 'h\u00e9llo \u2603 \ud83d\ude00 "q" \\ \n\t\u0001 </script>',
  bytes: () => new Uint8Array([0x00, 0x01, 0xfe, 0xff]),
  bytes_empty: () => new Uint8Array(),
  bytearray: () => Buffer.from('abc'),
  none: () => null,
  int: () => 1,
  float: () => 1.5,
  bool: () => true,
  // JavaScript has no tuple and no scalar of an array library.
  tuple: () => [1, 2],
  numpy_scalar: () => 1.5,
  set: () => new Set([1]),
  sr_data: () => new SeldonResponse(one()),
  sr_tags: () => new SeldonResponse(one(), { tags: { rt: 'yes', shared: 'runtime' } }),
  sr_metrics: () =>
    new SeldonResponse(one(), {
      metrics: [gauge('rt_gauge', 7), counter('rt_counter', 2, { colour: 'red' })],
    }),
  sr_all: () => new SeldonResponse('text', { tags: { rt: 1 }, metrics: [gauge('rt_gauge', 7)] }),
  sr_dict: () => new SeldonResponse({ a: 1 }, { tags: { rt: [1, { x: null }] } }),
  sr_none: () => new SeldonResponse(null),
  sr_nested: () => new SeldonResponse(new SeldonResponse(one())),
};

/** The name of the kind that `X` asks for: by its first element, as text or index, or by its field `kind`. */
export function pick(X: unknown): string {
  const first = firstElement(X);
  if (typeof first === 'object' && first !== null && 'kind' in first) {
    return String(first.kind);
  }
  return typeof first === 'string' ? first : Object.keys(kinds)[Number(first)];
}

function one() {
  return fromData(new Float64Array([1]), [1, 1]);
}
