/** Reads and writes lists of numbers. */
export type NumberKernel = typeof import('./number-kernel.ts');

/** Characters that an instance reads and writes as JSON until the kernel is worth its loading: 2 ms. */
const MIN_CHARACTERS = 100_000;

let characters = 0;
let kernel: NumberKernel | undefined;
let loading: Promise<NumberKernel | undefined> | undefined;

/**
 * The kernel for lists of numbers whose text has about `length` characters. Undefined while an instance has
 * had small arrays only, or where there is no WebAssembly: then JSON.parse and JSON.stringify do its work. A
 * promise when it is loaded.
 */
export function numberKernel(length: number): NumberKernel | undefined | Promise<NumberKernel | undefined> {
  if (kernel !== undefined) {
    return kernel;
  }
  characters += length;
  if (characters < MIN_CHARACTERS) {
    return undefined;
  }
  loading ??= load();
  return loading;
}

async function load(): Promise<NumberKernel | undefined> {
  try {
    kernel = await import('./number-kernel.ts');
    return kernel;
  } catch {
    // Node can be told to run without WebAssembly. The next call does not wait for another attempt.
    return undefined;
  }
}
