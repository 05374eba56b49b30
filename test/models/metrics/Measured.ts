import { counter, gauge, type Metric, SeldonResponse, timer } from 'seldon-lambda';

/**
 * Measures what it is told to: `jsonData` is the list of its metrics of this call. A feedback counts itself.
 */
export class Measured {
  predict(metrics: Metric[]) {
    return new SeldonResponse('measured', { metrics });
  }

  transformInput() {
    return new SeldonResponse('measured', {
      metrics: [counter('rows', 2), gauge('level', 3), timer('took', 4)],
    });
  }

  sendFeedback() {
    return [];
  }
}
