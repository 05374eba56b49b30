import type { HttpRequest, HttpResponse } from '../../http/request.ts';

/**
 * Converts the events of one event source to requests, and responses to its results.
 *
 * For any JSON value, `matches` of exactly one adapter is true, so the order of the adapters does not matter.
 * An adapter knows AWS and HTTP, but nothing of Seldon.
 */
export interface EventAdapter {
  /** The name of the event source, for logs. */
  readonly source: string;
  /** The largest result that the event source accepts, in bytes of the function's result as JSON. */
  readonly maxResponseBytes: number;
  /** Whether `event` comes from this source. Must not throw for any value. */
  matches(event: unknown): boolean;
  /**
   * Reads the requests of an event. There is one, or, from a source that collects records (such as a queue),
   * one for each record. They are answered in order; a failed request does not stop the others.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when the event matches but cannot be read.
   */
  toRequests(event: unknown): readonly HttpRequest[];
  /**
   * Makes the function's result from the responses: one for each request, in the same order. If `toRequests`
   * threw, the only response is the answer to that error. For a direct invocation it throws when the status
   * is 400 or above.
   */
  toResult(responses: readonly HttpResponse[], event: unknown): unknown;
}

/** An adapter for a source whose events contain one request each. */
export interface SingleAdapter extends Pick<EventAdapter, 'source' | 'maxResponseBytes' | 'matches'> {
  toRequest(event: unknown): HttpRequest;
  toResult(response: HttpResponse, event: unknown): unknown;
}

/** Makes an adapter for a source whose events contain one request each. */
export function single({ toRequest, toResult, ...source }: SingleAdapter): EventAdapter {
  return {
    ...source,
    toRequests: (event) => [toRequest(event)],
    toResult: ([response], event) => toResult(response as HttpResponse, event),
  };
}
