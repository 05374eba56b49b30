import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { type MetadataInput, type Model, modelFile, type NdArray, type Payload } from 'seldon-lambda';
import { featureRows } from './lib/feature-rows.ts';
import { openGraph, runGraph } from './lib/onnx-session.ts';
import { toArray, toTensor } from './lib/onnx-tensor.ts';

const VERSION = '1.0.0';
const PIXELS = 64;
const PICTURES = { name: 'X', type: 'float32', shape: ['rows', PIXELS] } as const;
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
    this.session = await openGraph(modelFile('digits.onnx'));
  }

  async predict(X: Payload): Promise<NdArray> {
    const feeds = { X: toTensor(featureRows(X, PIXELS), PICTURES) };
    const { probabilities } = await runGraph(this.session, feeds, ['probabilities']);
    return toArray(probabilities as Tensor);
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
