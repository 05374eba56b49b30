import type { Payload } from 'seldon-lambda';

/** Is healthy until a request breaks it, and again after the next one. */
export class HealthToggle {
  ok = true;

  predict(X: Payload) {
    this.ok = X !== 'break';
    return X;
  }

  healthStatus() {
    if (!this.ok) {
      throw new Error('broken');
    }
    return 'ok';
  }
}
