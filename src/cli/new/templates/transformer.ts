import { fraction, ROWS_OF_TWO, refusesOtherRows, type Template } from './template.ts';

/** A transformer: rows in, rows out, and back. */
export const transformer: Template = {
  endpoint: 'transform-input',
  source: (name) => `import { type Model, NdArray, type Payload, SeldonError } from 'seldon-lambda';

const FEATURES = ['x1', 'x2'];

/** Scales rows of two numbers from 0..1 to -1..1 on the way in, and back on the way out. */
export class ${name} implements Model {
  transformInput(X: Payload): number[][] {
    return rowsOf(X).map((row) => row.map((value) => 2 * value - 1));
  }

  transformOutput(X: Payload): number[][] {
    return rowsOf(X).map((row) => row.map((value) => (value + 1) / 2));
  }

  classNames(): string[] {
    return FEATURES;
  }
}

${ROWS_OF_TWO}`,
  contract: {
    features: [fraction('x1'), fraction('x2')],
    targets: ['x1', 'x2'].map((name) => ({ ...fraction(name), range: [-1, 1] })),
  },
  test: (name) => `test('transforms there and back', async () => {
  const model = serve(${name});
  const there = await model.transformInput([[0, 0.75]]);
  assert.equal(there.status, 200);
  assert.deepEqual(there.message.data, { names: ['x1', 'x2'], ndarray: [[-1, 0.5]] });
  const back = await model.transformOutput([[-1, 0.5]]);
  assert.deepEqual(back.message.data?.ndarray, [[0, 0.75]]);
});

${refusesOtherRows(name, 'transformInput')}`,
};
