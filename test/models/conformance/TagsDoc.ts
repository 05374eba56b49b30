import { counter, type Meta, type NdArray, SeldonResponse } from 'seldon-lambda';

/** Has tags and metrics of its own and of the answer, which wins. */
export class TagsDoc {
  predict(X: NdArray, _names: string[], _meta?: Meta) {
    return new SeldonResponse(X, {
      tags: { runtime: 'tag', shared: 'right one' },
      metrics: [counter('instance_counter', X.shape[0])],
    });
  }

  tags() {
    return { static: 'tag', shared: 'not right one' };
  }

  metrics() {
    return [counter('requests_counter', 1)];
  }
}
