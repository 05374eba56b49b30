import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import type { Artifact } from './artifact.ts';
import { toTable } from './table.ts';

/** Code that a function loads before its first call, in bytes. */
export interface Size {
  readonly name: string;
  readonly files: number;
  readonly minified: number;
  /** Each file by itself, as in the zip. */
  readonly gzipped: number;
  /** The dependencies' part of `minified`. */
  readonly dependencies: number;
}

/** Code in memory, and what esbuild says of it. */
export interface Built {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
  /** What the paths of `metafile` have before those of `files`. */
  readonly outdir: string;
}

/** An entry point with all that it imports statically. */
export function sizeOf({ files, metafile, outdir }: Built, entry: string): Size {
  const paths = new Set([`${outdir}/${entry}`]);
  // A set that grows while it is walked: all that is imported, and what that imports.
  for (const path of paths) {
    for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) {
        paths.add(imported);
      }
    }
  }
  let minified = 0;
  let gzipped = 0;
  let dependencies = 0;
  for (const path of paths) {
    const code = files.get(path.slice(outdir.length + 1)) as Uint8Array;
    minified += code.length;
    gzipped += gzipSync(code).length;
    for (const [input, { bytesInOutput }] of Object.entries(metafile.outputs[path]?.inputs ?? {})) {
      if (input.includes('node_modules/')) {
        dependencies += bytesInOutput;
      }
    }
  }
  const name = entry.slice(entry.lastIndexOf('/') + 1).replace('.mjs', '');
  return { name, files: paths.size, minified, gzipped, dependencies };
}

/** Our handlers, each by itself: they share most of it. */
export function handlerSizes(built: Built): Size[] {
  const handlers = [...built.files.keys()].filter((path) => path.startsWith('handlers/'));
  return handlers.map((path) => sizeOf(built, path));
}

/** How much code there is, ours and the peers'. */
export interface Sizes {
  readonly handlers: readonly Size[];
  readonly peers: readonly Size[];
}

/** Nothing to measure: it is what was built. */
export async function measureSizes({ sizes }: Artifact): Promise<Sizes> {
  return sizes;
}

/** The result as text. */
export function showSizes({ handlers, peers }: Sizes): string {
  const line = ({ name, files, minified, gzipped, dependencies }: Size) => [
    name,
    `${files}`,
    ...[minified, gzipped, dependencies].map((bytes) => (bytes / 1000).toFixed(1)),
  ];
  return [
    'Code that is loaded before the first call, kB: each handler with the chunks that it imports; they share most of it.',
    '',
    toTable([
      ['', 'files', 'minified', 'gzipped', 'of dependencies'],
      ...handlers.map(line),
      ...peers.map((peer) => line({ ...peer, name: `(${peer.name})` })),
    ]),
  ].join('\n');
}
