/** Number of features of a row, as in an image of 28 x 28 pixels. */
export const FEATURES = 784;
/** Number of scores of a row. */
export const CLASSES = 10;
/** Length of a text's embedding, as of the small sentence transformers. */
export const EMBEDDING = 384;

const WEIGHTS = /* @__PURE__ */ Float64Array.from({ length: CLASSES * FEATURES }, (_, i) => Math.sin(i));

/**
 * Halves each element, which gives numbers that take about as many digits to write as those that were read.
 */
export function scale(values: Float64Array): Float64Array {
  const scaled = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    scaled[i] = (values[i] as number) / 2;
  }
  return scaled;
}

/** Multiplies each row with a matrix of weights, which gives the row's scores. */
export function classify(values: Float64Array): Float64Array {
  const rows = values.length / FEATURES;
  const scores = new Float64Array(rows * CLASSES);
  for (let row = 0; row < rows; row++) {
    for (let label = 0; label < CLASSES; label++) {
      let sum = 0;
      for (let i = 0; i < FEATURES; i++) {
        sum += (values[row * FEATURES + i] as number) * (WEIGHTS[label * FEATURES + i] as number);
      }
      scores[row * CLASSES + label] = sum;
    }
  }
  return scores;
}

/** Turns each row of scores into probabilities. */
export function softmax(scores: Float64Array, columns: number): Float64Array {
  const probabilities = scores.map(Math.exp);
  for (let start = 0; start < scores.length; start += columns) {
    const row = probabilities.subarray(start, start + columns);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let i = 0; i < columns; i++) {
      row[i] = (row[i] as number) / sum;
    }
  }
  return probabilities;
}

/** Makes 32-bit floats of each number, as a model in single precision does. */
export function embed(values: Float64Array): Float32Array {
  const embedded = new Float32Array(values.length * EMBEDDING);
  for (let i = 0; i < embedded.length; i++) {
    embedded[i] = Math.sin((values[Math.floor(i / EMBEDDING)] as number) + i);
  }
  return embedded;
}
