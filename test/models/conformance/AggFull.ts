import { counter, type Payload } from 'seldon-lambda';

/** Answers its first input, with class names, tags and metrics. */
export class AggFull {
  aggregate(Xs: Payload[]) {
    return Xs[0];
  }

  classNames() {
    return ['agg0', 'agg1'];
  }

  tags() {
    return { combiner: 'AggFull', shared: 'static' };
  }

  metrics() {
    return [counter('agg_calls', 1)];
  }
}
