import { CLASSES, classify, scale } from './arithmetic.ts';

/** What a handler costs at least: the body read and written as JSON, nothing looked at. */
export async function handler(event: { readonly body: string }) {
  return jsonResult(JSON.parse(event.body));
}

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

function jsonResult(value: unknown) {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  };
}
