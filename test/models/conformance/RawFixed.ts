import { counter } from 'seldon-lambda';

/** Answers a message of its own, whatever it gets. */
export class RawFixed {
  predictRaw() {
    return answer('predict');
  }

  transformInputRaw() {
    return answer('transform_input');
  }

  transformOutputRaw() {
    return answer('transform_output');
  }

  routeRaw() {
    return { data: { ndarray: [[1]] } };
  }

  aggregateRaw() {
    return answer('aggregate');
  }

  sendFeedbackRaw() {
    return answer('send_feedback');
  }

  /** Must not be used: there is a raw one. */
  predict() {
    return 'not raw';
  }
}

function answer(method: string) {
  return {
    data: { names: ['proba'], ndarray: [[0.5]] },
    meta: { tags: { raw: method }, metrics: [counter('raw_counter', 1, { x: 'y' })] },
  };
}
