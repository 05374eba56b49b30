import type { Deviation, Expected } from '../expected.ts';

function predictions(...numbers: number[]): Expected {
  const body = { predictions: numbers.map((value) => `number ${value}`) };
  return { status: 200, contentType: 'application/json', allow: undefined, body };
}

/** KServe's v1 protocol. */
export const V1: readonly Deviation[] = [
  {
    why: 'the content type does not decide: KServe takes four spellings of JSON only',
    of: ['kserve/v1-ct-form', 'kserve/v1-ct-charset'],
    expected: () => predictions(3, 7),
  },
  {
    why: 'inputs are answered with outputs, as by TensorFlow Serving; KServe has predictions for both',
    of: ['kserve/v1-inputs', 'kserve/v1-both'],
    expected: (recorded) => {
      const { predictions: outputs } = recorded.body as { predictions: unknown };
      return { ...recorded, body: { outputs } };
    },
  },
  {
    why: 'the metadata of TensorFlow Serving are served; KServe has none',
    of: ['kserve/v1-metadata'],
    expected: () => ({
      status: 200,
      contentType: 'application/json',
      allow: undefined,
      body: {
        model_spec: { name: 'sum', signature_name: '', version: '1' },
        metadata: {
          signature_def: {
            signature_def: {
              serving_default: {
                inputs: {},
                outputs: {},
                method_name: 'tensorflow/serving/predict',
                defaults: {},
              },
            },
          },
        },
      },
    }),
  },
];
