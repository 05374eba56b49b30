import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { bundle } from '../src/bundle/bundle.ts';
import { installPeers, PEERS, PEERS_FOLDER } from './peers.ts';
import { type Built, handlerSizes, type Sizes, sizeOf } from './sizes.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUTDIR = 'dist/bench';
const MODELS = ['Identity', 'Scale', 'Classifier', 'Stateful', 'Waits'];
const PROCESSES = [
  'floor',
  'warm-process',
  'cold-process',
  'growth-process',
  'throughput-process',
  'stability-process',
];

/** What is measured, as it would be deployed, in a folder of its own. */
export interface Artifact {
  /**
   * Holds handlers/, chunks/ and models/, peers/ with a bundle of each, and bench/ with the processes that
   * measure them.
   */
  readonly folder: string;
  /** Names of the peers that are there. */
  readonly peers: readonly string[];
  /** Why there are none. */
  readonly missingPeers: string | undefined;
  readonly sizes: Sizes;
  remove(): void;
}

/**
 * Bundles the handlers and the benchmark's models as `npm run package` does, the peers likewise, and what
 * measures them.
 *
 * @param withPeers - whether the peers are wanted: where they are not installed they are then, from npm.
 */
export async function makeArtifact(withPeers = true): Promise<Artifact> {
  const missingPeers = withPeers ? await installPeers() : 'the peers are not asked for';
  const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-bench-'));
  const handlers = await bundleHandlers();
  write(folder, handlers);
  const peers = missingPeers === undefined ? PEERS : [];
  const peerBundles = await Promise.all(peers.map((name) => bundlePeer(folder, name)));
  for (const built of peerBundles) {
    write(folder, built);
  }
  write(folder, await bundleProcesses(folder));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  return {
    folder,
    peers,
    missingPeers,
    sizes: {
      handlers: handlerSizes(handlers),
      peers: peerBundles.map((built, index) => sizeOf(built, `peers/${peers[index]}.mjs`)),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Our handlers with the benchmark's models. */
export async function bundleHandlers(): Promise<Built> {
  const models = Object.fromEntries(MODELS.map((name) => [name, `bench/models/${name}.ts`]));
  return { ...(await bundle({ root: ROOT, models, outdir: OUTDIR, minify: true })), outdir: OUTDIR };
}

/** Each by itself: chunks that they share would be of no peer's own making. */
function bundlePeer(folder: string, name: string): Promise<Built> {
  return toBuilt(folder, {
    absWorkingDir: PEERS_FOLDER,
    entryPoints: { [`peers/${name}`]: `${name}.mjs` },
    // express is CommonJS, and an ES module has no `require`.
    banner: {
      js: 'const require=process.getBuiltinModule("module").createRequire(import.meta.url);',
    },
  });
}

function bundleProcesses(folder: string): Promise<Built> {
  return toBuilt(folder, {
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(PROCESSES.map((name) => [`bench/${name}`, `bench/${name}.ts`])),
  });
}

async function toBuilt(folder: string, options: BuildOptions): Promise<Built> {
  const { outputFiles, metafile } = await build({
    ...options,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [relative(folder, path), contents]));
  return { files, metafile, outdir: relative(options.absWorkingDir as string, folder) };
}

function write(folder: string, { files }: Built): void {
  for (const [path, contents] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
}
