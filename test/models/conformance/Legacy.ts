import type { SeldonMessage } from 'seldon-lambda';

/** Has the deprecated methods that end in Rest. */
export class Legacy {
  predictRest(message: SeldonMessage) {
    return { jsonData: { legacy: 'predict_rest', got: message } };
  }

  transformInputRest() {
    return { jsonData: { legacy: 'transform_input_rest' } };
  }

  transformOutputRest() {
    return { jsonData: { legacy: 'transform_output_rest' } };
  }

  routeRest() {
    return { data: { ndarray: [[3]] } };
  }

  aggregateRest() {
    return { jsonData: { legacy: 'aggregate_rest' } };
  }

  sendFeedbackRest(feedback: unknown) {
    return { strData: `send_feedback_rest got ${typeof feedback}` };
  }
}
