import type { Metafile } from 'esbuild';
import { mergeFacades } from './merge-facades.ts';
import { REQUIRE } from './options.ts';

/** The files of a bundle by path, and esbuild's record of them. */
interface Written {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
}

/**
 * Takes from a minified bundle what makes a cold start longer and does nothing: files without code of their
 * own, and `require` where no code calls it. All other code keeps its place, as the source maps have it.
 *
 * @param outdir - the folder of the bundle in the paths of `metafile`.
 */
export function condense({ files, metafile }: Written, outdir: string): Written {
  const texts = [...files].map(([path, bytes]): [string, string] => [
    `${outdir}/${path}`,
    withoutRequire(Buffer.from(bytes).toString()),
  ]);
  const merged = mergeFacades({ files: new Map(texts), metafile }, `${outdir}/chunks`);
  const outputs = Object.entries(merged.metafile.outputs).map(([path, record]) => {
    const bytes = Buffer.byteLength(merged.files.get(path) ?? '');
    return [path, { ...record, bytes }] as const;
  });
  return {
    files: new Map(
      [...merged.files].map(([path, text]) => [path.slice(outdir.length + 1), Buffer.from(text)] as const),
    ),
    metafile: { ...merged.metafile, outputs: Object.fromEntries(outputs) },
  };
}

/** The code without the definition of `require` that all files begin with; its line stays. */
function withoutRequire(code: string): string {
  const own = code.slice(REQUIRE.length);
  return code.startsWith(REQUIRE) && !/\brequire\b(?!-)/.test(own) ? own : code;
}
