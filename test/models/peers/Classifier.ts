import { fromData, type Meta, type MetadataInput, type Payload, SeldonError } from 'seldon-lambda';
import { inferRequest, onlyArray } from './infer-request.ts';

const COLUMNS = 4;
const CLASSES = 3;

/**
 * softmax(X · W), with W = 0.0, 0.1 ... 1.1 in rows of three. It answers the outputs that are asked for,
 * without any `predict`, and refuses those that it does not have.
 */
export class Classifier {
  predict(X: Payload, _names: string[], meta?: Meta): unknown {
    const asked = inferRequest(meta).outputs;
    const all: Record<string, unknown> = classify(X);
    const names = asked.length > 0 ? asked : this.byDefault();
    return Object.fromEntries(
      names.map((name) => {
        if (!Object.hasOwn(all, name)) {
          throw new SeldonError('MICROSERVICE_BAD_DATA', `the model has no output ${name}`);
        }
        return [name, all[name]];
      }),
    );
  }

  initMetadata(): MetadataInput {
    return {
      name: 'classifier',
      versions: ['1.2'],
      platform: 'sklearn',
      inputs: [{ name: 'flower', datatype: 'FP32', shape: [-1, COLUMNS] }],
      outputs: [
        { name: 'predict', datatype: 'INT64', shape: [-1] },
        { name: 'predict_proba', datatype: 'FP64', shape: [-1, CLASSES] },
      ],
    };
  }

  protected byDefault(): readonly string[] {
    return ['predict'];
  }
}

function classify(X: Payload) {
  const { data, shape } = onlyArray(X).asType('float64');
  const [rows = 0, columns] = shape;
  if (shape.length !== 2 || columns !== COLUMNS) {
    throw new SeldonError('MICROSERVICE_BAD_DATA', `expected the shape [rows,${COLUMNS}], got [${shape}]`);
  }
  const probabilities = new Float64Array(rows * CLASSES);
  const best = new BigInt64Array(rows);
  for (let row = 0; row < rows; row++) {
    const scores = Array.from({ length: CLASSES }, (_, index) =>
      data
        .subarray(row * COLUMNS, (row + 1) * COLUMNS)
        .reduce((sum, value, column) => sum + value * ((column * CLASSES + index) / 10), 0),
    );
    const highest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - highest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    probabilities.set(
      powers.map((power) => power / total),
      row * CLASSES,
    );
    best[row] = BigInt(scores.indexOf(highest));
  }
  return { predict: fromData(best), predict_proba: fromData(probabilities, [rows, CLASSES]) };
}
