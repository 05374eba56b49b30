import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// `npm run build`: makes dist/lib, the code and the types for projects that install this package to write
// models.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, 'dist/lib');

rmSync(OUT, { recursive: true, force: true });
await build({
  entryPoints: [join(ROOT, 'src/index.ts')],
  outdir: OUT,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
});
const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '--project', join(ROOT, 'src/bundle/tsconfig.json')], {
  stdio: 'inherit',
});
