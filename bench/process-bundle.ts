import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles a process of the benchmark, by its path from the project's folder, into `folder`, as `<name>.mjs`.
 */
export async function bundleProcess(file: string, folder: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
  });
}
