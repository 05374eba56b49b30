import { setTimeout } from 'node:timers/promises';
import type { Payload } from 'seldon-lambda';

/** Answers its input after WAIT_MS milliseconds, as a model that asks another service. */
export class Waits {
  private readonly waitMs = Number(process.env.WAIT_MS ?? 20);

  async predict(X: Payload): Promise<Payload> {
    await setTimeout(this.waitMs);
    return X;
  }
}
