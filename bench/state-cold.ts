import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleProcess } from './process-bundle.ts';
import { runModule } from './processes.ts';
import type { StateColdTimes } from './state-cold-process.ts';
import type { OpenedStore } from './state-servers.ts';
import { type Summary, summarize } from './statistics.ts';
import { toTable } from './table.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROCESSES = 15;
/** By the scheme of a store's URL: its file in src/runtime/stores/, and what that exports. */
const CLIENTS: Readonly<Record<string, readonly [file: string, open: string]>> = {
  'file:': ['file/file.ts', 'openFile'],
  'redis:': ['redis/redis.ts', 'openRedis'],
  'dynamodb:': ['dynamodb/dynamodb.ts', 'openDynamodb'],
  's3:': ['s3.ts', 'openS3'],
};
const REQUIRE = 'const require=process.getBuiltinModule("module").createRequire(import.meta.url);';

/** A store's client in fresh processes, milliseconds. */
export interface StateCold {
  readonly store: string;
  readonly import: Summary;
  /** Import, opening and the first read. */
  readonly total: Summary;
  /** The whole process, from its start to its end. */
  readonly process: Summary;
  /** Of minified code that is loaded before the first read. */
  readonly bytes: number;
}

/** All clients, and a process that does nothing. */
export interface StateColdResult {
  readonly floor: Summary;
  readonly stores: readonly StateCold[];
}

/** What each client costs where nothing is loaded yet; every round starts one process of each. */
export async function measureStateCold(stores: readonly OpenedStore[]): Promise<StateColdResult> {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-lambda-bench-'));
  try {
    await bundleProcess('bench/state-cold-process.ts', folder);
    const bare = join(folder, 'bare.mjs');
    writeFileSync(bare, 'console.log("{}");\n');
    const floor: number[] = [];
    const clients = await Promise.all(
      stores.map(async (store, index) => ({
        store,
        ...(await bundleClient(store, join(folder, `${index}`))),
        samples: [] as (StateColdTimes & { readonly process: number })[],
      })),
    );
    // The first round fills the disk cache and does not count.
    for (let round = 0; round <= PROCESSES; round++) {
      const { ms } = await timed(() => runModule(bare));
      if (round > 0) {
        floor.push(ms);
      }
      for (const { store, file, samples } of round % 2 === 0 ? clients : [...clients].reverse()) {
        const args = [pathToFileURL(file).href, store.url, JSON.stringify(store.settings)];
        const run = () => runModule<StateColdTimes>(join(folder, 'state-cold-process.mjs'), { args });
        const { result, ms } = await timed(run);
        if (round > 0) {
          samples.push({ ...result, process: ms });
        }
      }
    }
    return {
      floor: summarize(floor),
      stores: clients.map(({ store, bytes, samples }) => ({
        store: store.title,
        import: summarize(samples.map((each) => each.import)),
        total: summarize(samples.map((each) => each.import + each.firstGet)),
        process: summarize(samples.map((each) => each.process)),
        bytes,
      })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The result as text. */
export function showStateCold({ floor, stores }: StateColdResult): string {
  const range = ({ p25, p75 }: Summary) => `${p25.toFixed(1)}-${p75.toFixed(1)}`;
  const header = ['', 'import', 'import + 1st get', 'p25-p75', 'min', 'whole process', 'minified'];
  const rows = stores.map(({ store, total, bytes, ...each }) => [
    store,
    each.import.median.toFixed(1),
    total.median.toFixed(1),
    range(total),
    total.min.toFixed(1),
    each.process.median.toFixed(1),
    `${(bytes / 1000).toFixed(1)} kB`,
  ]);
  return [
    `Clients of the stores, cold, milliseconds: medians of ${floor.count} fresh processes each.`,
    '',
    toTable([header, ['bare process', '', '', '', '', floor.median.toFixed(1), ''], ...rows]),
  ].join('\n');
}

async function timed<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await run();
  return { result, ms: performance.now() - start };
}

/** The client by itself; what it imports lazily is in files of its own, which do not count. */
async function bundleClient({ url }: OpenedStore, outdir: string) {
  const [file, open] = CLIENTS[new URL(url).protocol] as readonly [string, string];
  const { metafile } = await build({
    absWorkingDir: ROOT,
    stdin: {
      contents: `export { ${open} as open } from './src/runtime/stores/${file}';`,
      resolveDir: ROOT,
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    banner: { js: REQUIRE },
    metafile: true,
  });
  const entry = Object.keys(metafile.outputs).find((path) => path.endsWith('/stdin.mjs')) as string;
  const paths = new Set([entry]);
  // A set that grows while it is walked.
  for (const path of paths) {
    for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) {
        paths.add(imported);
      }
    }
  }
  const bytes = [...paths].reduce((sum, path) => sum + (metafile.outputs[path]?.bytes ?? 0), 0);
  return { file: join(outdir, 'stdin.mjs'), bytes };
}
