import { fromData } from 'seldon-lambda';

/** A message that is an object of a class of its own, as a protobuf library makes them. */
class SeldonMessageProto {
  readonly strData = 'p';
}

/** Values that the raw methods may return, by name; new at every call. */
export const RAW: Record<string, () => unknown> = {
  status_only_400: () => ({ status: { status: 'FAILURE', code: 400, info: 'bad', reason: 'NOPE' } }),
  ...Object.fromEntries(
    [201, 204, 299, 404, 503, 0, 99, 100, 600, 1000].map((code) => [
      `status_${code}`,
      () => ({ strData: 'x', status: { code } }),
    ]),
  ),
  status_minus1: () => ({ strData: 'x', status: { code: -1, info: 'i', reason: 'r', status: 1 } }),
  status_string: () => ({ strData: 'x', status: { code: '400' } }),
  status_none: () => ({ strData: 'x', status: null }),
  status_nocode: () => ({ strData: 'x', status: { info: 'fine' } }),
  empty_dict: () => ({}),
  list: () => [1, 2],
  str: () => 'text',
  none: () => null,
  number: () => 5,
  numpy: () => ({ data: { ndarray: fromData(new BigInt64Array([1n]), [1, 1]) } }),
  nan: () => ({ data: { ndarray: [[Number.NaN]] } }),
  bytes: () => new TextEncoder().encode('abc'),
  proto: () => new SeldonMessageProto(),
  meta_none: () => ({ strData: 'x', meta: null }),
  metrics_none: () => ({ strData: 'x', meta: { metrics: null } }),
  metrics_bad_type: () => withMetric({ key: 'k', type: 'WHAT', value: 1 }),
  metrics_no_key: () => withMetric({ type: 'GAUGE', value: 1 }),
  metrics_no_type: () => withMetric({ key: 'rawdefault', value: 2 }),
  metrics_ok: () => withMetric({ key: 'rawgauge', type: 'GAUGE', value: 2 }),
};

function withMetric(metric: unknown) {
  return { strData: 'x', meta: { metrics: [metric] } };
}
