/** Mistakes that metrics() may make, and some right lists, by name; a tuple is a list here. */
export const BAD: Record<string, unknown> = {
  ok: [{ type: 'GAUGE', key: 'g', value: 1 }],
  bad_type: [{ type: 'HISTOGRAM', key: 'g', value: 1 }],
  lower_type: [{ type: 'gauge', key: 'g', value: 1 }],
  no_key: [{ type: 'GAUGE', value: 1 }],
  no_value: [{ type: 'GAUGE', key: 'g' }],
  no_type: [{ key: 'g', value: 1 }],
  value_string: [{ type: 'GAUGE', key: 'g', value: '1' }],
  value_none: [{ type: 'GAUGE', key: 'g', value: null }],
  value_bool: [{ type: 'GAUGE', key: 'g', value: true }],
  value_nan: [{ type: 'GAUGE', key: 'g', value: NaN }],
  extra_field: [{ type: 'GAUGE', key: 'g', value: 1, unit: 'ms' }],
  dict: { type: 'GAUGE', key: 'g', value: 1 },
  none: null,
  string: 'GAUGE',
  tuple: [{ type: 'GAUGE', key: 'g', value: 1 }],
  item_not_dict: [1],
  second_bad: [
    { type: 'COUNTER', key: 'first_ok', value: 1 },
    { type: 'X', key: 'g', value: 1 },
  ],
  key_dash: [{ type: 'GAUGE', key: 'my-metric', value: 1 }],
  key_empty: [{ type: 'GAUGE', key: '', value: 1 }],
  key_unicode: [{ type: 'GAUGE', key: 'métrique', value: 1 }],
  key_total: [{ type: 'COUNTER', key: 'hits_total', value: 1 }],
  tag_value_int: [{ type: 'GAUGE', key: 'g', value: 1, tags: { n: 1 } }],
  tag_name_dash: [{ type: 'GAUGE', key: 'g', value: 1, tags: { 'my-tag': 'x' } }],
  tag_value_escape: [{ type: 'GAUGE', key: 'g', value: 1, tags: { t: 'a"b\\c\nd' } }],
  tag_reserved: [
    { type: 'GAUGE', key: 'g', value: 1, tags: { model_name: 'evil', method: 'evil', worker_id: 'evil' } },
  ],
  tag_key_collision: [
    { type: 'COUNTER', key: 'c', value: 1, tags: { a: 'b', c: 'd' } },
    { type: 'COUNTER', key: 'c', value: 2, tags: { a: 'b_c-d' } },
  ],
  tag_empty_dict: [{ type: 'GAUGE', key: 'g', value: 1, tags: {} }],
  tags_none: [{ type: 'GAUGE', key: 'g', value: 1, tags: null }],
  neg_counter: [{ type: 'COUNTER', key: 'c', value: -5 }],
  same_key_two_types: [
    { type: 'GAUGE', key: 'dup', value: 1 },
    { type: 'COUNTER', key: 'dup', value: 2 },
  ],
  timer_zero: [{ type: 'TIMER', key: 't', value: 0 }],
  timer_negative: [{ type: 'TIMER', key: 't', value: -5 }],
  timer_huge: [{ type: 'TIMER', key: 't', value: 1000000000.0 }],
};

/** A fresh copy of one of {@link BAD}. */
export function badMetrics(kind: string): unknown {
  if (!(kind in BAD)) {
    throw new Error(`there are no metrics '${kind}'`);
  }
  return structuredClone(BAD[kind]);
}
