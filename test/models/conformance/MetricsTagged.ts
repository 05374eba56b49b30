import { counter, gauge, type Payload, timer } from 'seldon-lambda';

/** Has a metric of each type, with tags. */
export class MetricsTagged {
  predict(X: Payload) {
    return X;
  }

  metrics() {
    return [
      counter('mycounter', 1, { colour: 'red' }),
      gauge('mygauge', 2.5, { b: '2', a: '1' }),
      timer('mytimer', 1000, { phase: 'x' }),
    ];
  }
}
