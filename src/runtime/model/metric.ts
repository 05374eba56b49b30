import type { Metric } from './message.ts';

type Tags = Readonly<Record<string, string>>;

/** Adds `value` (default 1) to a counter. `tags` become labels. */
export function counter(key: string, value = 1, tags?: Tags): Metric {
  return metric('COUNTER', key, value, tags);
}

/** Sets a gauge to `value`. `tags` become labels. */
export function gauge(key: string, value: number, tags?: Tags): Metric {
  return metric('GAUGE', key, value, tags);
}

/** Observes a duration. `value` in milliseconds; exposed as a histogram in seconds. `tags` become labels. */
export function timer(key: string, value: number, tags?: Tags): Metric {
  return metric('TIMER', key, value, tags);
}

function metric(type: Metric['type'], key: string, value: number, tags: Tags | undefined): Metric {
  return tags === undefined ? { type, key, value } : { type, key, value, tags };
}
