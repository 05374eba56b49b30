import { deadlineOf, monotonicMs } from '../clock.ts';
import { SeldonError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Invocation } from '../invocation.ts';
import type { ModelCall } from '../model/model-call.ts';

/** The facts of one call, for the model's methods. */
export class CallFacts implements ModelCall {
  readonly #request: Pick<HttpRequest, 'headers'>;
  readonly #invocation: Invocation;
  #signal: AbortSignal | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: Pick<HttpRequest, 'headers'>, invocation: Invocation) {
    this.#request = request;
    this.#invocation = invocation;
  }

  get headers(): ModelCall['headers'] {
    return Object.freeze({ ...this.#request.headers });
  }

  get puid(): string | undefined {
    return this.#invocation.puid;
  }

  get requestId(): string | undefined {
    return this.#invocation.requestId;
  }

  get remainingMs(): number {
    return this.#invocation.remainingMs();
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      this.#signal = controller.signal;
      const abort = () =>
        controller.abort(new SeldonError('MICROSERVICE_TIMEOUT', 'the model did not answer in time'));
      this.#timer = setTimeout(abort, deadlineOf(this.#invocation.remainingMs) - monotonicMs());
    }
    return this.#signal;
  }

  /**
   * Ends the call: the signal will not be aborted any more, and its timer does not keep the process alive.
   */
  end(): void {
    clearTimeout(this.#timer);
  }
}
