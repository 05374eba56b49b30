import type { Metric } from './message.ts';

/**
 * A result with its own tags and metrics, for this one answer.
 *
 * @param data - the result, as the method would return it without a SeldonResponse.
 * @param options - `tags`: win over `tags()` and the request's; `metrics`: follow those of `metrics()`.
 * @example return new SeldonResponse(probabilities, { tags: { version: 2 }, metrics: [counter('rows',
 *   X.shape[0])] });
 * @see `SeldonResponse` of the Python wrapper
 */
export class SeldonResponse<T = unknown> {
  readonly data: T;
  readonly tags: Readonly<Record<string, unknown>> | null | undefined;
  readonly metrics: readonly Metric[] | null | undefined;

  constructor(
    data: T,
    options: {
      readonly tags?: Readonly<Record<string, unknown>> | null | undefined;
      readonly metrics?: readonly Metric[] | null | undefined;
    } = {},
  ) {
    this.data = data;
    this.tags = options.tags;
    this.metrics = options.metrics;
  }
}
