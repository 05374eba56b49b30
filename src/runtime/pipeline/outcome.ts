import type { HttpResponse } from '../http/request.ts';
import type { Metric } from '../model/message.ts';

/** What a call came to: its response, and the metrics to record once it counts. */
export interface Outcome {
  readonly response: HttpResponse;
  readonly metrics: readonly Metric[];
}
