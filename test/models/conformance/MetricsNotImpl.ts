import { gauge, type Payload, SeldonResponse } from 'seldon-lambda';
import { BaseComponent } from './base-component.ts';

/** Has metrics of the answer, and none of its own because they are not implemented. */
export class MetricsNotImpl extends BaseComponent {
  override predict(X: Payload) {
    return new SeldonResponse(X, { metrics: [gauge('only_runtime', 1)] });
  }
}
