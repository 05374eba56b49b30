import type { PredictEvent } from '../../test/support/predict-event.ts';
import { CLASSES, classify, EMBEDDING, embed, scale, softmax } from './arithmetic.ts';

/** The code that somebody writes by hand to serve the computation of the model Scale, and only that. */
export async function scaleByHand(event: PredictEvent) {
  const { shape, values } = JSON.parse(event.body).data.tensor;
  const scaled = scale(Float64Array.from(values as number[]));
  return jsonResult({ data: { tensor: { shape, values: Array.from(scaled) } } });
}

/** The same for the model Classifier. */
export async function classifyByHand(event: PredictEvent) {
  const { shape, values } = JSON.parse(event.body).data.tensor;
  const scores = classify(Float64Array.from(values as number[]));
  return jsonResult({ data: { tensor: { shape: [shape[0], CLASSES], values: Array.from(scores) } } });
}

/** The same for the model Softmax. */
export async function softmaxByHand(event: PredictEvent) {
  const rows: number[][] = JSON.parse(event.body).data.ndarray;
  const columns = rows[0]?.length as number;
  return jsonResult({ data: { ndarray: toRows(softmax(Float64Array.from(rows.flat()), columns), columns) } });
}

/** The same for the model Embedding. */
export async function embedByHand(event: PredictEvent) {
  const rows: number[][] = JSON.parse(event.body).data.ndarray;
  return jsonResult({ data: { ndarray: toRows(embed(Float64Array.from(rows.flat())), EMBEDDING) } });
}

function toRows(data: Float64Array | Float32Array, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns)),
  );
}

/** The same for the model Identity and `binData`: base64 has to become bytes, and base64 again. */
export async function bytesByHand(event: PredictEvent) {
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
