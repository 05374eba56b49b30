import type { HttpRequest, HttpResponse } from '../../http/request.ts';

/**
 * What turns one event source's events into requests and responses into its results.
 *
 * The `matches` of all adapters are disjoint: for any JSON value exactly one answers true, in whatever order
 * they are asked. An adapter knows AWS and HTTP, nothing of Seldon.
 */
export interface EventAdapter {
  /** The event source's name, for logs. */
  readonly source: string;
  /** Most bytes that the event source takes as an answer, counted on the function's result as JSON. */
  readonly maxResponseBytes: number;
  /** Whether `event` comes from this source. Must not throw, whatever the value. */
  matches(event: unknown): boolean;
  /** @throws SeldonError MICROSERVICE_BAD_DATA when the event matches but cannot be read. */
  toRequest(event: unknown): HttpRequest;
  /** The function's result. A direct invocation throws here instead for a status of 400 and above. */
  toResult(response: HttpResponse, event: unknown): unknown;
}
