import { toJsonCell } from './cell.ts';
import type { ColumnType } from './columns.ts';

/**
 * A value of Parquet in JSON: a missing one is null, an integer of 64 bits has all its digits, a time is its
 * ISO text, and a list is a list.
 *
 * @returns undefined when it is not of the type.
 */
export function toJsonValue(value: unknown, type: ColumnType): string | undefined {
  if (value === null || value === undefined) {
    return 'null';
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const items = Array.from(value as Iterable<unknown>, (item) => toJsonValue(item, type));
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
  }
  if (type === 'text') {
    return JSON.stringify(value instanceof Date ? value.toISOString() : String(value));
  }
  if (typeof value === 'boolean') {
    return type === 'boolean' ? `${value}` : undefined;
  }
  return typeof value === 'number' || typeof value === 'bigint' ? toJsonCell(`${value}`, type) : undefined;
}
