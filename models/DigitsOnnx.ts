import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  fromData,
  type MetadataInput,
  type Model,
  modelFile,
  type NdArray,
  type Payload,
} from 'seldon-lambda';
import { featureRows } from './lib/feature-rows.ts';

const VERSION = '1.0.0';
const PIXELS = 64;
const CLASSES = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * Recognizes handwritten digits: a small neural network, as ONNX, for pictures of 8 x 8 pixels.
 *
 * - Expects an array of shape `[rows, 64]`: the pixels row by row, from 0 (white) to 1 (black).
 * - Answers the probabilities of the digits, shape `[rows, 10]`.
 * - Anything else is answered 400 MICROSERVICE_BAD_DATA, with a description of the input.
 *
 * Needs the package onnxruntime-node.
 *
 * @see https://onnxruntime.ai/docs/api/js/
 */
export class DigitsOnnx implements Model {
  private session!: InferenceSession;

  async load() {
    this.session = await InferenceSession.create(modelFile('digits.onnx'));
  }

  async predict(X: Payload): Promise<NdArray> {
    const { data, shape } = featureRows(X, PIXELS).asType('float32');
    const { probabilities } = await this.session.run({ X: new Tensor('float32', data, shape) });
    return fromData(probabilities.data as Float32Array, probabilities.dims);
  }

  classNames(): string[] {
    return CLASSES;
  }

  initMetadata(): MetadataInput {
    return {
      name: 'digits',
      versions: [VERSION],
      platform: 'onnx',
      inputs: [{ messagetype: 'tensor', schema: { shape: [PIXELS] } }],
      outputs: [{ messagetype: 'tensor', schema: { names: CLASSES, shape: [CLASSES.length] } }],
      custom: { algorithm: 'multilayer perceptron', dataset: 'digits' },
    };
  }
}
