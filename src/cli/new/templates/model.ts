import { fraction, ROWS_OF_TWO, refusesOtherRows, type Template } from './template.ts';

/** A model: one answer for each row. */
export const model: Template = {
  endpoint: 'predict',
  source: (
    name,
  ) => `import { type MetadataInput, type Model, NdArray, type Payload, SeldonError } from 'seldon-lambda';

const FEATURES = ['x1', 'x2'];
const CLASSES = ['score'];

/** The parameters of {@link ${name}}, which PREDICTIVE_UNIT_PARAMETERS sets. */
export interface ${name}Parameters {
  /** FLOAT, default 0.5: the weight of x1; x2 has the rest. */
  readonly weight: number;
}

/** Answers the weighted mean of each row: shape [rows, 2] in, shape [rows, 1] out. */
export class ${name} implements Model {
  /** Arrays only: any other message is answered 400. */
  static readonly accepts = ['data'];
  /** With their defaults; a parameter with another name is refused when the model is loaded. */
  static readonly parameters: ${name}Parameters = { weight: 0.5 };
  readonly weight: number;

  constructor({ weight }: ${name}Parameters) {
    this.weight = weight;
  }

  predict(X: Payload): number[][] {
    return rowsOf(X).map(([x1, x2]) => [this.weight * x1 + (1 - this.weight) * x2]);
  }

  classNames(): string[] {
    return CLASSES;
  }

  initMetadata(): MetadataInput {
    return {
      inputs: [{ messagetype: 'ndarray', schema: { names: FEATURES, shape: [FEATURES.length] } }],
      outputs: [{ messagetype: 'ndarray', schema: { names: CLASSES, shape: [CLASSES.length] } }],
    };
  }
}

${ROWS_OF_TWO}`,
  contract: { features: [fraction('x1'), fraction('x2')], targets: [fraction('score')] },
  test: (name) => `test('answers the mean of each row', async () => {
  const model = serve(${name});
  const { status, message } = await model.predict([[0.5, 1]]);
  assert.equal(status, 200);
  assert.deepEqual(message.data, { names: ['score'], ndarray: [[0.75]] });
});

test('takes its weight from the parameters', async () => {
  const model = serve(${name}, { parameters: { weight: 1 } });
  const { message } = await model.predict([[0.25, 1]]);
  assert.deepEqual(message.data?.ndarray, [[0.25]]);
});

${refusesOtherRows(name, 'predict')}`,
};
