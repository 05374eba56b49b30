import { fromData, type Meta, type MetadataInput, type Payload, SeldonError } from 'seldon-lambda';
import { Iris } from '../../../models/Iris.ts';
import { inferRequest } from './infer-request.ts';

/** The iris model with the outputs that scikit-learn's runtime has. */
export class IrisOutputs {
  private readonly iris = new Iris();

  predict(X: Payload, _names: string[], meta?: Meta): unknown {
    const probabilities = this.iris.predict(X).asType('float64');
    const [rows = 0, classes = 0] = probabilities.shape;
    const best = Array.from({ length: rows }, (_, row) => {
      const own = probabilities.data.subarray(row * classes, (row + 1) * classes);
      return BigInt(own.indexOf(Math.max(...own)));
    });
    const { outputs } = inferRequest(meta);
    const all: Record<string, unknown> = {
      predict: fromData(BigInt64Array.from(best)),
      predict_proba: probabilities,
    };
    const asked = outputs.length > 0 ? outputs : ['predict'];
    const missing = asked.find((name) => !Object.hasOwn(all, name));
    if (missing !== undefined) {
      throw new SeldonError('MICROSERVICE_BAD_DATA', `expected predict or predict_proba, got ${missing}`);
    }
    return Object.fromEntries(asked.map((name) => [name, all[name]]));
  }

  initMetadata(): MetadataInput {
    return { name: 'iris', versions: ['v0.1.0'] };
  }
}
