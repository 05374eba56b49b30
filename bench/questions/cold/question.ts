import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { irisMessage, predictEvent } from '../../../test/support/predict-event.ts';
import { timeFirstAnswer } from '../../lib/first-answer.ts';
import { type GraphArtifact, makeGraphArtifact } from '../../lib/graph-artifact.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import type { OpenedStore } from '../../lib/servers.ts';
import { spreadOf, summarize } from '../../lib/statistics.ts';
import { overTls } from '../../lib/tls-front.ts';
import type { ColdTimes } from './process.ts';
import { AIM, type ColdResult, type ColdRow, type ColdTable, FLOOR, GRAPH_AIM, show } from './show.ts';

/** The module that a process imports, and how it is configured. */
interface Start {
  readonly title: string;
  /** From the folder, without its ending. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Default: that of the artifact. */
  readonly folder?: string;
  /** Of the request; default: /predict. */
  readonly path?: string;
  /** The title of the start that it is measured on top of; default: the floor. */
  readonly above?: string;
  /** Highest number of milliseconds on top of that. */
  readonly aim?: number;
}

const OURS = 'handlers/predict';
/** Units of the graphs, one after the other. */
const UNITS = [1, 5];
/** By the store's title: with the state in it, without TLS. */
const STORE_AIMS: Readonly<Record<string, number>> = { dynalite: 20, 'DynamoDB Local': 20, redis: 25 };
/** The first node that has a cache of compiled code. */
const FIRST_WITH_CACHE = 22;

/**
 * The time that the predict handler adds to a cold start, alone and with each store, beside the peers', and
 * with a cache of compiled code; and what the function of a graph adds to that.
 */
export const cold: Question<ColdResult> = { measure, show, aims };

async function measure({ artifact, isQuick, nodes, servers }: Bench): Promise<ColdResult> {
  const { stores, missing } = await servers();
  const tls = await overTls(stores);
  const cache = mkdtempSync(join(tmpdir(), 'compile-cache-'));
  const graphs = await makeGraphArtifact(UNITS);
  const starts: Start[] = [
    { title: FLOOR, entry: 'bench/floor', environment: {} },
    { title: 'ours', entry: OURS, environment: { MODEL_NAME: 'Identity' }, aim: AIM },
    ...UNITS.map((units) => ofGraph(units, graphs)),
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
    graphs.remove();
    rmSync(cache, { recursive: true });
  }
  const others = [artifact.missingPeers, nodes.missing].filter((line) => line !== undefined);
  return { tables, missing: [...missing, ...others] };
}

/** The function of a graph: what it adds to a function of one model. */
function ofGraph(units: number, graphs: GraphArtifact): Start {
  return {
    title: units === 1 ? 'ours, graph of 1 unit' : `ours, graph of ${units} units`,
    entry: 'handlers/graph',
    environment: {},
    folder: graphs.folderOf(units),
    path: '/api/v1.0/predictions',
    above: 'ours',
    aim: GRAPH_AIM,
  };
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
  return starts.map((start, index) => {
    const { above = FLOOR } = start;
    const below = measured[starts.findIndex(({ title }) => title === above)];
    return toRow({ ...start, above }, measured[index] as Times[], below as Times[]);
  });
}

async function measureStart(artifact: string, node: string, start: Start): Promise<Times> {
  const { entry, environment, folder = artifact, path = '/predict' } = start;
  const event = predictEvent(irisMessage(), path);
  const firstAnswer = await timeFirstAnswer({ node, folder, entry, environment }, event);
  const times = await runChild<ColdTimes>(join(artifact, 'bench/cold.mjs'), {
    node,
    args: [pathToFileURL(join(folder, `${entry}.mjs`)).href, path],
    environment,
  });
  return { ...times, total: times.import + times.firstCall, firstAnswer };
}

function toRow(
  { title, aim, above: below }: Start & { readonly above: string },
  times: readonly Times[],
  others: readonly Times[],
): ColdRow {
  const of = (step: keyof Times) => summarize(times.map((each) => each[step]));
  const above = (step: keyof Times) =>
    summarize(times.map((each, index) => each[step] - (others[index] as Times)[step]));
  return {
    title,
    aim,
    above: below,
    firstAnswer: of('firstAnswer'),
    total: of('total'),
    steps: { import: of('import'), firstCall: of('firstCall'), secondCall: of('secondCall') },
    onTop: { firstAnswer: above('firstAnswer'), total: above('total') },
  };
}

function aims({ tables }: ColdResult): Aim[] {
  return tables.flatMap(({ node, rows }) =>
    rows.flatMap(({ title, aim, above, onTop: { firstAnswer } }) =>
      aim === undefined
        ? []
        : [
            {
              title: `cold, node ${node}, ${title}, milliseconds on top${above === FLOOR ? '' : ` of ${above}`}`,
              value: firstAnswer.median,
              spread: spreadOf(firstAnswer),
              limit: aim,
            },
          ],
    ),
  );
}
