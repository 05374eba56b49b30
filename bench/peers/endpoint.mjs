// The same endpoint as somebody writes it by hand, who checks what comes in and knows what Seldon's answers
// look like.
import { CLASSES, classify, EMBEDDING, embed, scale, softmax } from '../lib/arithmetic.ts';

const MODELS = {
  Identity: (payload) => payload,
  Scale: ({ shape, data }) => ({ shape, data: scale(data) }),
  Classifier: ({ shape, data }) => ({ shape: [shape[0], CLASSES], data: classify(data) }),
  Softmax: ({ shape, data }) => ({ shape, data: softmax(data, shape[1]) }),
  Embedding: ({ shape, data }) => ({ shape: [shape[0], EMBEDDING], data: embed(data) }),
};
const model = MODELS[process.env.MODEL_NAME ?? 'Identity'];

/** A mistake of the caller; express and middy read `statusCode` and `expose`. */
export class BadRequest extends Error {
  status = 400;
  statusCode = 400;
  expose = true;
}

/** The answer to a SeldonMessage that has been parsed. */
export function predict(message) {
  if (!isObject(message)) {
    throw new BadRequest('expected an object');
  }
  const { data, strData, binData, meta } = message;
  if (meta !== undefined && !isObject(meta)) {
    throw new BadRequest('meta: expected an object');
  }
  const answerMeta = meta?.puid === undefined ? {} : { puid: meta.puid };
  if (isObject(data)) {
    return { data: predictArray(data), meta: answerMeta };
  }
  if (typeof strData === 'string') {
    return { strData: model(strData), meta: answerMeta };
  }
  if (typeof binData === 'string') {
    const bytes = model(Buffer.from(binData, 'base64'));
    return { binData: bytes.toString('base64'), meta: answerMeta };
  }
  throw new BadRequest('expected data, strData or binData');
}

/** An error as Seldon answers it. */
export function toStatus(error) {
  return { status: { status: 1, info: error.message, code: -1, reason: 'MICROSERVICE_BAD_DATA' } };
}

function predictArray({ names, tensor, ndarray }) {
  if (names !== undefined && !Array.isArray(names)) {
    throw new BadRequest('data.names: expected a list');
  }
  if (tensor !== undefined) {
    const { shape, data } = model(fromTensor(tensor));
    return { names: columnNames(shape), tensor: { shape, values: Array.from(data) } };
  }
  const { shape, data } = model(fromRows(ndarray));
  const [rows, columns] = shape;
  const nested = Array.from({ length: rows }, (_, row) =>
    Array.from(data.subarray(row * columns, (row + 1) * columns)),
  );
  return { names: columnNames(shape), ndarray: nested };
}

function fromTensor({ shape, values }) {
  if (!Array.isArray(shape) || !Array.isArray(values) || shape.length !== 2) {
    throw new BadRequest('data.tensor: expected a shape of two axes, and values');
  }
  if (shape[0] * shape[1] !== values.length) {
    throw new BadRequest('data.tensor: shape and values differ');
  }
  const data = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    data[i] = numberAt(values, i);
  }
  return { shape, data };
}

function fromRows(rows) {
  if (!Array.isArray(rows) || !Array.isArray(rows[0])) {
    throw new BadRequest('data.ndarray: expected rows');
  }
  const columns = rows[0].length;
  const data = new Float64Array(rows.length * columns);
  let at = 0;
  for (const row of rows) {
    if (!Array.isArray(row) || row.length !== columns) {
      throw new BadRequest('data.ndarray: expected rows of equal length');
    }
    for (let i = 0; i < columns; i++) {
      data[at++] = numberAt(row, i);
    }
  }
  return { shape: [rows.length, columns], data };
}

function numberAt(values, index) {
  const value = values[index];
  if (typeof value !== 'number') {
    throw new BadRequest(`[${index}]: expected a number`);
  }
  return value;
}

function columnNames([, columns]) {
  return Array.from({ length: columns }, (_, column) => `t:${column}`);
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
