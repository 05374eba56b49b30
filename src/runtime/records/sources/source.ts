/** A record of an event: one message. */
export interface EventRecord {
  /**
   * Unique at its source, and the same whenever the record is delivered again: the `puid` of its call, and
   * its Idempotency-Key.
   */
  readonly id: string;
  /** The group of a FIFO queue, whose records are kept in order; undefined: it is in none. */
  readonly group?: string | undefined;
  /**
   * Reads what the record carries as text, mostly JSON; undefined when there is nothing to answer, as of an
   * item that was deleted.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when it cannot be read.
   */
  read(): string | undefined;
}

/** A record that has no answer, or whose answer has not arrived. */
export interface Unanswered {
  readonly record: EventRecord;
  /** The place of the record in its event, from 0 on. */
  readonly index: number;
  /** Reason and info, as an answer has them. */
  readonly reason: string;
  readonly info: string;
}

/**
 * Reads the events of one source that collects records, and reports which of them failed, as this source
 * wants it. For any JSON value, `matches` of at most one source is true.
 */
export interface RecordSource {
  /** The name of the source, for logs. */
  readonly source: string;
  /** Whether `event` comes from this source. Must not throw for any value. */
  matches(event: unknown): boolean;
  /**
   * Whether the records must be answered in their order: the first one that fails ends the work, and all from
   * it on are reported.
   */
  isOrdered(event: unknown): boolean;
  recordsOf(event: unknown): readonly EventRecord[];
  /**
   * Makes the function's result. Records that are not in `failures` are done: the source does not deliver
   * them again.
   *
   * @throws Error for a source that repeats a call when it fails, and knows no part of it.
   */
  report(failures: readonly Unanswered[], event: unknown): unknown;
}

/** Whether `event` is a list of records, each of which `isOurs` accepts. */
export function hasRecords(event: unknown, isOurs: (record: Record<string, unknown>) => boolean): boolean {
  const { Records: records } = Object(event) as { Records?: unknown };
  return (
    Array.isArray(records) &&
    records.length > 0 &&
    records.every((record: unknown) => typeof record === 'object' && record !== null && isOurs({ ...record }))
  );
}

/**
 * The error of a call that Lambda repeats as a whole. Its name is the reason of the first failure, as Lambda
 * reports it.
 */
export function toError(failures: readonly Unanswered[], count: number): Error {
  const [{ reason, info, record } = { reason: '', info: '', record: { id: '' } }] = failures;
  const message =
    count === 1 ? info : `${failures.length} of ${count} records failed, the first is ${record.id}: ${info}`;
  // The stack frames of this project would not help the reader.
  return Object.assign(new Error(message), { name: reason, stack: `${reason}: ${message}` });
}
