import { counter, type Payload, SeldonResponse, timer } from 'seldon-lambda';
import { firstNumber } from './first-element.ts';

/** Has metrics of the answer, whose value is the first number of the request. */
export class MetricsRuntime {
  predict(X: Payload) {
    const value = firstNumber(X);
    return new SeldonResponse(X, { metrics: [counter('rt_counter', value), timer('rt_timer', value)] });
  }
}
