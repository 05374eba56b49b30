/** The files that `new` writes for one type of component; `name` is the name of the class. */
export interface Template {
  /** models/<name>.ts */
  source(name: string): string;
  /** models/<name>.contract.json */
  readonly contract: {
    readonly features: readonly object[];
    readonly targets: readonly object[];
  };
  /** The body of test/<name>.test.ts; its imports are the same for all: assert, test, serve and the class. */
  test(name: string): string;
  /** The endpoint that the contract describes. */
  readonly endpoint: string;
}

/** A column of numbers from 0 to 1. */
export function fraction(name: string): object {
  return { name, dtype: 'FLOAT', ftype: 'continuous', range: [0, 1] };
}

/** The end of each file whose class takes rows of two numbers. */
export const ROWS_OF_TWO = `/** @throws SeldonError MICROSERVICE_BAD_DATA, answered 400, for anything but rows of two numbers. */
function rowsOf(X: Payload): number[][] {
  if (X instanceof NdArray && X.shape.length === 2 && X.shape[1] === FEATURES.length) {
    return X.asType('float64').toNested() as number[][];
  }
  throw new SeldonError('MICROSERVICE_BAD_DATA', \`expected numbers of shape (rows,\${FEATURES.length})\`);
}
`;

/** The end of each test whose class takes such rows. `call`: the method of a served model. */
export const refusesOtherRows = (name: string, call: string) => `const REFUSED = [
  [1, 2, 3],
  ['a', 'b'],
];

for (const row of REFUSED) {
  test(\`refuses \${row}\`, async () => {
    const model = serve(${name});
    const { status } = await model.${call}([row]);
    assert.equal(status, 400);
  });
}
`;
