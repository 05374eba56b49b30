import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleModules, writeBuilt } from '../../../test/support/artifact.ts';
import { runChild } from '../../../test/support/child.ts';
import { sizeOf } from '../../../test/support/code-size.ts';
import type { Bench, Question } from '../../lib/question.ts';
import type { OpenedStore } from '../../lib/servers.ts';
import { type Summary, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { StateColdCase, StateColdTimes } from './process.ts';

/** By the scheme of a store's URL: its file in src/runtime/stores/, and the function that opens it. */
const CLIENTS: Readonly<Record<string, readonly [file: string, open: string]>> = {
  'file:': ['file/file.ts', 'openFile'],
  'redis:': ['redis/redis.ts', 'openRedis'],
  'dynamodb:': ['dynamodb/dynamodb.ts', 'openDynamodb'],
  's3:': ['s3/s3.ts', 'openS3'],
};

/** A store's client in fresh processes, milliseconds. */
export interface StateCold {
  readonly store: string;
  readonly import: Summary;
  /** Import, opening and the first read. */
  readonly total: Summary;
  /** The whole process, from its start to its end. */
  readonly process: Summary;
  /** Bytes of minified code that is loaded before the first read. */
  readonly bytes: number;
}

/** All clients, and a process that does nothing. */
export interface StateColdResult {
  readonly floor: Summary;
  readonly stores: readonly StateCold[];
  /** The stores that do not run on this machine, and why. */
  readonly missing: readonly string[];
}

/** The cost of each store's client in a process that has nothing loaded yet. */
export const stateCold: Question<StateColdResult> = { measure, show };

async function measure({ artifact: { folder }, isQuick, servers }: Bench): Promise<StateColdResult> {
  const { stores, missing } = await servers();
  const bare = join(folder, 'bench/bare.mjs');
  writeFileSync(bare, 'process.getBuiltinModule("node:fs").writeSync(3, "{}");\n');
  const floor: number[] = [];
  const clients = await Promise.all(stores.map((store, index) => openClient(folder, store, `${index}`)));
  // The first round fills the disk cache and does not count.
  for (let round = 0; round <= (isQuick ? 1 : 15); round++) {
    const { ms } = await timed(() => runChild(bare));
    const samples = await runRound(folder, round % 2 === 0 ? clients : [...clients].reverse());
    if (round > 0) {
      floor.push(ms);
      for (const [client, sample] of samples) {
        client.samples.push(sample);
      }
    }
  }
  return { floor: summarize(floor), stores: clients.map(toRow), missing };
}

function show({ floor, stores, missing }: StateColdResult): string {
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
    ...missing.map((line) => `Not measured: ${line}`),
    '',
    toTable([header, ['bare process', '', '', '', '', floor.median.toFixed(1), ''], ...rows]),
  ].join('\n');
}

type Sample = StateColdTimes & { readonly process: number };

interface Client {
  readonly store: OpenedStore;
  readonly bytes: number;
  readonly start: StateColdCase;
  readonly samples: Sample[];
}

/** Bundles a client alone. The parts that it imports lazily are files of their own, which do not count. */
async function openClient(folder: string, store: OpenedStore, name: string): Promise<Client> {
  const [file, open] = CLIENTS[new URL(store.url).protocol] as readonly [string, string];
  const outdir = join(folder, 'clients', name);
  const entries = { client: `src/runtime/stores/${file}` };
  const built = await bundleModules({ entries, folder: outdir, hasChunks: true, hasRequire: true });
  writeBuilt(outdir, built);
  const client = pathToFileURL(join(outdir, 'client.mjs')).href;
  const { url, settings } = store;
  return {
    store,
    bytes: sizeOf(built, 'client.mjs').minified,
    start: { client, open, store: url, settings },
    samples: [],
  };
}

async function runRound(folder: string, clients: readonly Client[]): Promise<(readonly [Client, Sample])[]> {
  const samples: (readonly [Client, Sample])[] = [];
  for (const client of clients) {
    const args = [JSON.stringify(client.start)];
    const run = () => runChild<StateColdTimes>(join(folder, 'bench/state-cold.mjs'), { args });
    const { result, ms } = await timed(run);
    samples.push([client, { ...result, process: ms }]);
  }
  return samples;
}

async function timed<T>(run: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const start = performance.now();
  const result = await run();
  return { result, ms: performance.now() - start };
}

function toRow({ store, bytes, samples }: Client): StateCold {
  return {
    store: store.title,
    import: summarize(samples.map((each) => each.import)),
    total: summarize(samples.map((each) => each.import + each.firstGet)),
    process: summarize(samples.map((each) => each.process)),
    bytes,
  };
}
