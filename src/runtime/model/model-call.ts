/**
 * Facts about the call that a method answers. Each method that answers or describes a call gets them as its
 * last argument. They are read at each use: nothing is made that the model does not ask for.
 *
 * @example
 * async predict(X: Payload, names: string[], meta: Meta | undefined, { signal }: ModelCall) {
 *   const answer = await fetch(this.url, { signal });
 *   ...
 * }
 */
export interface ModelCall {
  /**
   * The request's headers, names in lower case; a copy that cannot be changed. Empty in a direct invocation.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The request's id, as in the log: the header `Seldon-Puid`, or else AWS's id of the invocation. */
  readonly puid: string | undefined;
  /** AWS's id of the invocation. */
  readonly requestId: string | undefined;
  /** Milliseconds until the function's timeout, from the moment of reading. */
  readonly remainingMs: number;
  /**
   * Is aborted a second before the function's timeout, or after three quarters of the time that was left when
   * it was read first, whichever is later. Its reason is a SeldonError MICROSERVICE_TIMEOUT (504), so a
   * method that lets it through answers in time.
   */
  readonly signal: AbortSignal;
}
