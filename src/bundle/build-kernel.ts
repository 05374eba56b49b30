import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileKernel, KERNEL_FILE } from './compile-kernel.ts';

// `npm run kernel`: compiles src/kernel. The result is checked in, so that a clone needs no compiler.

writeFileSync(fileURLToPath(new URL(`../../${KERNEL_FILE}`, import.meta.url)), await compileKernel());
