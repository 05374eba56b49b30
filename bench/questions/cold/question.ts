import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { irisMessage, predictEvent } from '../../../test/support/predict-event.ts';
import { CLIENT_NAME, timeFirstAnswer } from '../../lib/first-answer.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import type { OpenedStore } from '../../lib/servers.ts';
import { type Summary, spreadOf, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import { overTls } from '../../lib/tls-front.ts';
import type { ColdTimes } from './process.ts';

/** The module that a process imports, and how it is configured. */
interface Start {
  readonly title: string;
  /** From the artifact's folder, without its ending. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Highest number of milliseconds on top of the floor. */
  readonly aim?: number;
}

/** A start in fresh processes, milliseconds. */
export interface ColdRow {
  readonly title: string;
  readonly aim: number | undefined;
  /** From the start of a process to its first answer under the runtime client. */
  readonly firstAnswer: Summary;
  /** Import and first call, in a process that does nothing else. */
  readonly total: Summary;
  readonly steps: { readonly [K in keyof ColdTimes]: Summary };
  /** Above the floor's of the same round. */
  readonly onTop: { readonly firstAnswer: Summary; readonly total: Summary };
}

/** All starts with one node. */
export interface ColdTable {
  readonly node: string;
  readonly rows: readonly ColdRow[];
}

/** All tables, and what could not be started. */
export interface ColdResult {
  readonly tables: readonly ColdTable[];
  readonly missing: readonly string[];
}

const OURS = 'handlers/predict';
/** Milliseconds on top of the floor, until the first answer. */
const AIM = 6;
/** By the store's title: with the state in it, without TLS. */
const STORE_AIMS: Readonly<Record<string, number>> = { dynalite: 20, 'DynamoDB Local': 20, redis: 25 };
/** The first node that has a cache of compiled code. */
const FIRST_WITH_CACHE = 22;

/**
 * The time that the predict handler adds to a cold start, alone and with each store, beside the peers', and
 * with a cache of compiled code.
 */
export const cold: Question<ColdResult> = { measure, show, aims };

async function measure({ artifact, isQuick, nodes, servers }: Bench): Promise<ColdResult> {
  const { stores, missing } = await servers();
  const tls = await overTls(stores);
  const cache = mkdtempSync(join(tmpdir(), 'compile-cache-'));
  const starts: Start[] = [
    { title: 'floor', entry: 'bench/floor', environment: {} },
    { title: 'ours', entry: OURS, environment: { MODEL_NAME: 'Identity' }, aim: AIM },
    { title: 'ours, functions: single', entry: 'handlers/all', environment: { MODEL_NAME: 'Identity' } },
    ...[...artifact.peers.keys()].map((name) => ({ title: name, entry: `peers/${name}`, environment: {} })),
    ...stores.flatMap(withStore),
    // What the encryption takes is the same with metrics.
    ...tls.stores.flatMap((store) => withStore(store).slice(0, 1)),
  ];
  const tables: ColdTable[] = [];
  try {
    for (const [node, path] of Object.entries(nodes.paths)) {
      const all = hasCache(node)
        ? [...starts, ...starts.slice(0, 2).map((each) => cached(each, cache))]
        : starts;
      tables.push({ node, rows: await measureStarts(artifact.folder, path, all, isQuick ? 1 : 21) });
    }
  } finally {
    tls.close();
    rmSync(cache, { recursive: true });
  }
  const others = [artifact.missingPeers, nodes.missing].filter((line) => line !== undefined);
  return { tables, missing: [...missing, ...others] };
}

function show({ tables, missing }: ColdResult): string {
  return [
    `Cold starts, milliseconds: medians of ${tables[0]?.rows[0]?.total.count} fresh processes each, one of each in turns, one flower in the body.`,
    `First answer: from the start of a process to its first answer under ${CLIENT_NAME}; the others: in a process of its own`,
    'that does nothing else. On top: of the floor in the same round. A store answers from a server on this machine, whose time',
    `is included. Aims: at most ${AIM} ms on top until the first answer without a store, 20 ms with the state in DynamoDB, 25 ms`,
    'in Redis, both without TLS. Compile cache: NODE_COMPILE_CACHE, filled by an earlier process of the same node.',
    ...missing.map((line) => `Not measured: ${line}`),
    ...tables.flatMap((table) => ['', showTable(table)]),
  ].join('\n');
}

function showTable({ node, rows }: ColdTable): string {
  const ms = ({ median }: Summary) => median.toFixed(1);
  const spread = ({ p25, p75 }: Summary) => `${p25.toFixed(1)}-${p75.toFixed(1)}`;
  const header = [
    `node ${node}`,
    'first answer',
    'on top',
    'p25-p75',
    'import',
    '1st call',
    '2nd call',
    'import + 1st',
    'on top',
    'p25-p75',
  ];
  const lines = rows.map(({ title, firstAnswer, total, steps, onTop }) => [
    title,
    ms(firstAnswer),
    ms(onTop.firstAnswer),
    spread(onTop.firstAnswer),
    ...[steps.import, steps.firstCall, steps.secondCall, total, onTop.total].map(ms),
    spread(onTop.total),
  ]);
  return toTable([header, ...lines]);
}

/** With the state in a store, and with the metrics there as well, as they are by default. */
function withStore(store: OpenedStore): Start[] {
  const environment = { ...store.environment(), MODEL_NAME: 'Stateful' };
  const stateOnly = { ...environment, METRICS_URL: '' };
  const limit = STORE_AIMS[store.title];
  const aim = limit === undefined ? {} : { aim: limit };
  return [
    { title: `ours, state: ${store.title}`, entry: OURS, environment: stateOnly, ...aim },
    { title: `ours, state and metrics: ${store.title}`, entry: OURS, environment },
  ];
}

function hasCache(node: string): boolean {
  return Number.parseInt(node.replace('v', ''), 10) >= FIRST_WITH_CACHE;
}

/** With what an earlier process has compiled. Its aim is that of the start without. */
function cached({ title, entry, environment }: Start, folder: string): Start {
  return {
    title: `${title}, compile cache`,
    entry,
    environment: { ...environment, NODE_COMPILE_CACHE: folder },
  };
}

type Times = ColdTimes & { readonly total: number; readonly firstAnswer: number };

async function measureStarts(
  folder: string,
  node: string,
  starts: readonly Start[],
  processes: number,
): Promise<ColdRow[]> {
  const measured = starts.map((): Times[] => []);
  // The first round fills the disk cache and does not count.
  for (let round = 0; round <= processes; round++) {
    for (let place = 0; place < starts.length; place++) {
      const index = (round + place) % starts.length;
      const times = await measureStart(folder, node, starts[index] as Start);
      if (round > 0) {
        measured[index]?.push(times);
      }
    }
  }
  const [floor] = measured as [Times[], ...Times[][]];
  return starts.map((start, index) => toRow(start, measured[index] as Times[], floor));
}

async function measureStart(folder: string, node: string, { entry, environment }: Start): Promise<Times> {
  const event = predictEvent(irisMessage());
  const firstAnswer = await timeFirstAnswer({ node, folder, entry, environment }, event);
  const times = await runChild<ColdTimes>(join(folder, 'bench/cold.mjs'), {
    node,
    args: [pathToFileURL(join(folder, `${entry}.mjs`)).href],
    environment,
  });
  return { ...times, total: times.import + times.firstCall, firstAnswer };
}

function toRow({ title, aim }: Start, times: readonly Times[], floor: readonly Times[]): ColdRow {
  const of = (step: keyof Times) => summarize(times.map((each) => each[step]));
  const above = (step: keyof Times) =>
    summarize(times.map((each, index) => each[step] - (floor[index] as Times)[step]));
  return {
    title,
    aim,
    firstAnswer: of('firstAnswer'),
    total: of('total'),
    steps: { import: of('import'), firstCall: of('firstCall'), secondCall: of('secondCall') },
    onTop: { firstAnswer: above('firstAnswer'), total: above('total') },
  };
}

function aims({ tables }: ColdResult): Aim[] {
  return tables.flatMap(({ node, rows }) =>
    rows.flatMap(({ title, aim, onTop: { firstAnswer } }) =>
      aim === undefined
        ? []
        : [
            {
              title: `cold, node ${node}, ${title}, milliseconds on top`,
              value: firstAnswer.median,
              spread: spreadOf(firstAnswer),
              limit: aim,
            },
          ],
    ),
  );
}
