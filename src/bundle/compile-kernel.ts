import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import binaryen from 'assemblyscript/binaryen';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Where the compiled kernel is kept, from the root. */
export const KERNEL_FILE = 'src/runtime/json/number-kernel.wasm.ts';

/**
 * Compiles src/kernel from AssemblyScript to WebAssembly.
 *
 * @returns the text of {@link KERNEL_FILE}: a module, so that node imports it without a bundler.
 * @throws Error with the compiler's message.
 */
export async function compileKernel(): Promise<string> {
  let compiled: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    // Without a collector: the kernel makes no objects.
    [
      'src/kernel/index.ts',
      '--baseDir',
      ROOT,
      '--outFile',
      'kernel.wasm',
      '-O3',
      '--runtime',
      'stub',
      '--noAssert',
      '--enable',
      'simd',
    ],
    {
      writeFile: (_name, contents) => {
        compiled = contents as Uint8Array;
      },
    },
  );
  if (error !== null || compiled === undefined) {
    throw new Error(`src/kernel does not compile: ${stderr}`, { cause: error });
  }
  const text = Buffer.from(inlined(compiled)).toString('base64');
  return (
    `// Made of src/kernel by \`npm run kernel\`.\n\n` +
    `/** The WebAssembly of the number kernel, in base64. */\nexport const NUMBER_KERNEL =\n  '${text}';\n`
  );
}

/** Size of a function with one caller, in nodes, up to which it is put there: more than the kernel has. */
const MAX_INLINED = 10_000;

/** The features that the compiler uses; Node 20 has no more. */
const { SIMD128, BulkMemory, BulkMemoryOpt, SignExt, NontrappingFPToInt, MutableGlobals } = binaryen.Features;
const FEATURES = SIMD128 | BulkMemory | BulkMemoryOpt | SignExt | NontrappingFPToInt | MutableGlobals;

/**
 * Puts each function that is called at one place there. A call takes a tenth of the time of a number, and the
 * compiler leaves out long functions.
 */
function inlined(wasm: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(FEATURES);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setOneCallerInlineMaxSize(MAX_INLINED);
  module.optimize();
  return module.emitBinary();
}
