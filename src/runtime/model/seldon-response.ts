import type { Metric } from './message.ts';

/** Parts of one answer beside its payload. */
export interface SeldonResponseOptions {
  /** Win over those of `tags()` and of the request. */
  readonly tags?: Readonly<Record<string, unknown>> | null | undefined;
  /** Follow those of `metrics()`. */
  readonly metrics?: readonly Metric[] | null | undefined;
  /**
   * Headers of the answer: names in any case, values printable ASCII text. `content-type` and others that
   * belong to the transport are refused.
   */
  readonly headers?: Readonly<Record<string, string>> | null | undefined;
  /**
   * HTTP status of the answer, 200..599; default 200. Seldon's orchestrator takes any other than 200 for a
   * failure, and a direct invocation fails with 400 and above.
   */
  readonly status?: number | null | undefined;
}

/**
 * A result with its own tags, metrics, headers and status, for this one answer.
 *
 * @param data - the result, as the method would return it without a SeldonResponse.
 * @param options - what else this answer has; a wrong header or status is answered 500.
 * @example return new SeldonResponse(probabilities, { tags: { version: 2 }, metrics: [counter('rows',
 *   X.shape[0])] });
 * @see `SeldonResponse` of the Python wrapper, which has neither headers nor status
 */
export class SeldonResponse<T = unknown> {
  readonly data: T;
  readonly tags: SeldonResponseOptions['tags'];
  readonly metrics: SeldonResponseOptions['metrics'];
  readonly headers: SeldonResponseOptions['headers'];
  readonly status: SeldonResponseOptions['status'];

  constructor(data: T, options: SeldonResponseOptions = {}) {
    this.data = data;
    this.tags = options.tags;
    this.metrics = options.metrics;
    this.headers = options.headers;
    this.status = options.status;
  }
}
