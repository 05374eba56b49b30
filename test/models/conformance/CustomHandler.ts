import { type ErrorAnswer, type Payload, type SeldonMessage, SeldonNotImplementedError } from 'seldon-lambda';

/** Answers its own errors in its own form. */
export class CustomHandler {
  modelErrorHandler(error: unknown): ErrorAnswer | undefined {
    if (!(error instanceof UserError)) {
      return undefined;
    }
    const { message, appCode, status } = error;
    return { status, body: { status: { status, message, app_code: appCode } } };
  }

  predict(X: Payload) {
    if (X === 'custom') {
      throw new UserError('Test-Error-Msg', 1402, 402);
    }
    if (X === 'other') {
      throw new Error('plain');
    }
    return X;
  }

  predictRaw(message: SeldonMessage) {
    if (message.strData === 'raw_custom') {
      throw new UserError('From-Raw', 1, 409);
    }
    throw new SeldonNotImplementedError('predict_raw is not implemented');
  }

  healthStatus() {
    throw new UserError('Unhealthy', 2, 503);
  }
}

class UserError extends Error {
  readonly appCode: number;
  readonly status: number;

  constructor(message: string, appCode: number, status: number) {
    super(message);
    this.appCode = appCode;
    this.status = status;
  }
}
