import type { HttpRequest, HttpResponse } from '../../http/request.ts';

/**
 * Turns one event source's events into requests, and responses into its results.
 *
 * The `matches` of all adapters are disjoint: for any JSON value exactly one answers true, in whatever order they are asked. An
 * adapter knows AWS and HTTP, nothing of Seldon.
 */
export interface EventAdapter {
  /** The event source's name, for logs. */
  readonly source: string;
  /** Most bytes that the event source takes as an answer, counted on the function's result as JSON. */
  readonly maxResponseBytes: number;
  /** Whether `event` comes from this source. Must not throw, whatever the value. */
  matches(event: unknown): boolean;
  /**
   * The requests of an event: one, or, from a source that collects records (such as a queue), one for each. They are answered
   * in order; one that fails does not stop the others.
   *
   * @throws SeldonError MICROSERVICE_BAD_DATA when the event matches but cannot be read.
   */
  toRequests(event: unknown): readonly HttpRequest[];
  /**
   * The function's result, from a response for each request, in their order; when `toRequests` threw, its error's answer alone. A
   * direct invocation throws here instead for a status of 400 and above.
   */
  toResult(responses: readonly HttpResponse[], event: unknown): unknown;
}

/** An adapter of a source whose events are one request each. */
export interface SingleAdapter extends Pick<EventAdapter, 'source' | 'maxResponseBytes' | 'matches'> {
  toRequest(event: unknown): HttpRequest;
  toResult(response: HttpResponse, event: unknown): unknown;
}

/** Makes an adapter of a source whose events are one request each. */
export function single({ toRequest, toResult, ...source }: SingleAdapter): EventAdapter {
  return {
    ...source,
    toRequests: (event) => [toRequest(event)],
    toResult: ([response], event) => toResult(response as HttpResponse, event),
  };
}
