import { fraction, type Template } from './template.ts';

/** A combiner: one answer from those of several models. */
export const combiner: Template = {
  endpoint: 'aggregate',
  source: (name) => `import { fromData, type Model, NdArray, type Payload, SeldonError } from 'seldon-lambda';

/** Answers the highest of the answers of several models, element by element: arrays of one shape. */
export class ${name} implements Model {
  aggregate(Xs: Payload[]): NdArray {
    const [first, ...others] = Xs.map(readArray);
    if (first === undefined) {
      throw badData('there is no message; expected one or more');
    }
    if (others.some(({ shape }) => String(shape) !== String(first.shape))) {
      throw badData(\`expected messages of one shape, the first's (\${first.shape})\`);
    }
    const highest = first.data.slice();
    for (const { data } of others) {
      for (let i = 0; i < data.length; i++) {
        highest[i] = Math.max(highest[i], data[i]);
      }
    }
    return fromData(highest, first.shape);
  }
}

function readArray(X: Payload): NdArray<'float64'> {
  if (X instanceof NdArray) {
    return X.asType('float64');
  }
  throw badData('expected messages with arrays of numbers');
}

function badData(info: string): SeldonError {
  return new SeldonError('MICROSERVICE_BAD_DATA', info);
}
`,
  contract: {
    features: [{ ...fraction('class'), repeat: 2 }],
    targets: [{ ...fraction('class'), repeat: 2 }],
  },
  test: (name) => `const ANSWERS = [[[0.1, 0.9]], [[0.5, 0.2]]];

test('answers the highest of each element', async () => {
  const model = serve(${name});
  const { status, message } = await model.aggregate(ANSWERS);
  assert.equal(status, 200);
  assert.deepEqual(message.data?.ndarray, [[0.5, 0.9]]);
});

const REFUSED = {
  'no message': [],
  'unequal shapes': [[[1, 2]], [[1]]],
  text: [[['a', 'b']]],
};

for (const [what, payloads] of Object.entries(REFUSED)) {
  test(\`refuses \${what}\`, async () => {
    const model = serve(${name});
    const { status } = await model.aggregate(payloads);
    assert.equal(status, 400);
  });
}
`,
};
