import { createHash } from 'node:crypto';
import { basename, extname, resolve } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** The code of a thread, in one file. */
export interface Thread {
  /** Its path in the bundle. */
  readonly path: string;
  readonly code: Uint8Array;
  /** The files that it was made from, absolute. */
  readonly sources: readonly string[];
}

/**
 * Bundles a file that a model starts as a thread into one file of its own, among the chunks.
 *
 * @param options - those of the bundle that the model is in.
 */
export async function bundleThread(file: string, options: BuildOptions): Promise<Thread> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [file],
    outdir: 'thread',
    splitting: false,
    sourcemap: false,
    metafile: true,
    write: false,
  });
  const code = outputFiles?.[0]?.contents ?? new Uint8Array();
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 8).toUpperCase();
  const sources = Object.keys(metafile?.inputs ?? {}).map((path) =>
    resolve(options.absWorkingDir ?? '', path),
  );
  return { path: `chunks/${basename(file, extname(file))}-${hash}.mjs`, code, sources };
}
