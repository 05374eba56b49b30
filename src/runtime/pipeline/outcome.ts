import type { HttpResponse } from '../http/request.ts';
import type { Metric } from '../model/message.ts';

/** The outcome of a call: its response, and the metrics to record once the call has succeeded. */
export interface Outcome {
  readonly response: HttpResponse;
  readonly metrics: readonly Metric[];
}
