/** Features of a row, as in a digit of 28 x 28 pixels. */
export const FEATURES = 784;
/** Scores of a row. */
export const CLASSES = 10;

const WEIGHTS = /* @__PURE__ */ Float64Array.from({ length: CLASSES * FEATURES }, (_, i) => Math.sin(i));

/** Each element halved: numbers that take as many digits to write as those that were read. */
export function scale(values: Float64Array): Float64Array {
  const scaled = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    scaled[i] = (values[i] as number) / 2;
  }
  return scaled;
}

/** The scores of each row: its product with a matrix of weights. */
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
