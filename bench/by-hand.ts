import { CLASSES, classify, scale } from './arithmetic.ts';

interface TensorEvent {
  /** A message with `data.tensor`. */
  readonly body: string;
}

/** What somebody writes by hand to serve the computation of the model Scale, and only that. */
export async function scaleByHand(event: TensorEvent) {
  const { shape, values } = JSON.parse(event.body).data.tensor;
  const scaled = scale(Float64Array.from(values as number[]));
  return jsonResult({ data: { tensor: { shape, values: Array.from(scaled) } } });
}

/** The same for the model Classifier. */
export async function classifyByHand(event: TensorEvent) {
  const { shape, values } = JSON.parse(event.body).data.tensor;
  const scores = classify(Float64Array.from(values as number[]));
  return jsonResult({ data: { tensor: { shape: [shape[0], CLASSES], values: Array.from(scores) } } });
}

interface BinaryEvent {
  /** A message with `binData`. */
  readonly body: string;
}

/** The same for the model Identity and bytes: they have to become bytes, and base64 again. */
export async function bytesByHand(event: BinaryEvent) {
  const bytes = Buffer.from(JSON.parse(event.body).binData, 'base64');
  return jsonResult({ binData: bytes.toString('base64') });
}

function jsonResult(value: unknown) {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  };
}
