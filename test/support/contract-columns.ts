/** A column of a contract. */
export const column = (name: string, more: object = {}) => ({
  name,
  dtype: 'FLOAT',
  ftype: 'continuous',
  range: [0, 1],
  ...more,
});
/** A contract with one column in, and one out. */
export const ONE_TO_ONE = { features: [column('x')], targets: [column('y')] };
