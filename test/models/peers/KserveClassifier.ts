import type { MetadataInput, Payload } from 'seldon-lambda';
import { Classifier } from './Classifier.ts';

/** The same, always with both outputs. */
export class KserveClassifier extends Classifier {
  override predict(X: Payload) {
    return super.predict(X, []);
  }

  override initMetadata(): MetadataInput {
    return { ...super.initMetadata(), versions: [] };
  }

  protected override byDefault() {
    return ['predict', 'predict_proba'];
  }
}
