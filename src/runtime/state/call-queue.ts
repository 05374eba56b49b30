import type { Change } from './change.ts';
import { PendingCall } from './pending-call.ts';

/** The calls of an instance that wait for their turn to change the state, in the order in which they came. */
export class CallQueue {
  readonly #calls = new Set<PendingCall>();

  /** Whether no call waits. */
  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /**
   * Adds a call at the end. The result is that of its run, once the state has been stored.
   *
   * @param waits - whether something is at work. If not, its turn comes at once. A call that waits is run in
   *   the asynchronous context that it came in, as another one may run it; and it is answered 503 at its
   *   deadline.
   */
  add<T>({ deadline, run, remembering }: Change<T>, waits: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const change = { deadline, run: waits ? inItsContext(run) : run, remembering } as Change<unknown>;
      const call = new PendingCall(change, waits, (ending) => {
        // A call that gives up leaves the queue, so that nothing of its request stays in memory.
        this.#calls.delete(call);
        if ('error' in ending) {
          reject(ending.error);
        } else {
          resolve(ending.result as T);
        }
      });
      this.#calls.add(call);
      if (waits) {
        call.limit();
      }
    });
  }

  /**
   * Takes the first call out, and begins it; undefined: there is none.
   *
   * @param trouble - see `PendingCall.begin`.
   */
  take(trouble: () => unknown): PendingCall | undefined {
    const [first] = this.#calls;
    if (first !== undefined) {
      this.#calls.delete(first);
      first.begin(trouble);
    }
    return first;
  }
}

/** Such as the span of the call that is traced. */
function inItsContext<T>(run: () => T): () => T {
  const { AsyncResource } = process.getBuiltinModule('node:async_hooks');
  return AsyncResource.bind(run);
}
