import { SeldonNotImplementedError } from 'seldon-lambda';

/** Has every raw method, all of them not implemented: the plain ones are called. */
export class RawNotImpl {
  predictRaw() {
    return notImplemented();
  }

  transformInputRaw() {
    return notImplemented();
  }

  transformOutputRaw() {
    return notImplemented();
  }

  routeRaw() {
    return notImplemented();
  }

  aggregateRaw() {
    return notImplemented();
  }

  sendFeedbackRaw() {
    return notImplemented();
  }

  healthStatusRaw() {
    return notImplemented();
  }

  predict() {
    return 'predict';
  }

  transformInput() {
    return 'transform_input';
  }

  transformOutput() {
    return 'transform_output';
  }

  route() {
    return 7;
  }

  aggregate() {
    return 'aggregate';
  }

  sendFeedback() {
    return 'send_feedback';
  }

  healthStatus() {
    return 'health_status';
  }
}

function notImplemented(): never {
  throw new SeldonNotImplementedError('raw is not implemented');
}
