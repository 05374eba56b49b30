import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Artifact } from './artifact.ts';
import { runChild } from './child.ts';
import type { ColdTimes } from './cold-process.ts';
import type { Effort } from './effort.ts';
import { irisMessage, predictEvent } from './events.ts';
import { CLIENT_NAME, timeFirstAnswer } from './instance.ts';
import { type OpenedStore, openServers } from './state-servers.ts';
import { type Summary, summarize } from './statistics.ts';
import { toTable } from './table.ts';

/** What a process imports and how it is configured. */
interface Start {
  readonly title: string;
  /** From the artifact's folder, without its ending. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A start in fresh processes, milliseconds. */
export interface ColdRow {
  readonly title: string;
  /** From the start of a process under the runtime client to its first answer. */
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

/** Cold starts, and what could not be started. */
export interface ColdResult {
  readonly tables: readonly ColdTable[];
  readonly missing: readonly string[];
}

const OURS = 'handlers/predict';
const AIMS = 'Aims: at most 10 ms on top without a store, at most 25 ms with DynamoDB.';

/** What the predict handler adds to a cold start, alone and with each store, beside what others would. */
export async function measureCold(artifact: Artifact, { isQuick, nodes }: Effort): Promise<ColdResult> {
  const { stores, missing, close } = await openServers();
  try {
    const starts: Start[] = [
      { title: 'floor', entry: 'bench/floor', environment: {} },
      { title: 'ours', entry: OURS, environment: { MODEL_NAME: 'Identity' } },
      ...artifact.peers.map((name) => ({ title: name, entry: `peers/${name}`, environment: {} })),
      ...stores.flatMap(withStore),
    ];
    const tables: ColdTable[] = [];
    for (const [node, path] of Object.entries(nodes.paths)) {
      tables.push({ node, rows: await measureStarts(artifact.folder, path, starts, isQuick ? 1 : 21) });
    }
    const others = [artifact.missingPeers, nodes.missing].filter((line) => line !== undefined);
    return { tables, missing: [...missing, ...others] };
  } finally {
    await close();
  }
}

/** The result as text. */
export function showCold({ tables, missing }: ColdResult): string {
  return [
    `Cold starts, milliseconds: medians of ${tables[0]?.rows[0]?.total.count} fresh processes each, one of each in turns, one flower in the body.`,
    `First answer: from the start of a process to its first answer under ${CLIENT_NAME}; the others: in a process of its own`,
    'that does nothing else. On top: of the floor in the same round. A store answers from a server on this machine, whose time',
    `is included. ${AIMS}`,
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

/** A store for the state; the metrics go there too where nobody says otherwise. */
function withStore({ title, url, settings }: OpenedStore): Start[] {
  const { region, credentials, dynamodbEndpoint, s3Endpoint } = settings;
  const environment = withoutUndefined({
    MODEL_NAME: 'Stateful',
    STATE_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodbEndpoint,
    AWS_ENDPOINT_URL_S3: s3Endpoint,
  });
  return [
    { title: `ours, state: ${title}`, entry: OURS, environment: { ...environment, METRICS_URL: '' } },
    { title: `ours, state and metrics: ${title}`, entry: OURS, environment },
  ];
}

function withoutUndefined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
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
      const times = await measure(folder, node, starts[index] as Start);
      if (round > 0) {
        measured[index]?.push(times);
      }
    }
  }
  const [floor] = measured as [Times[], ...Times[][]];
  return starts.map(({ title }, index) => toRow(title, measured[index] as Times[], floor));
}

async function measure(folder: string, node: string, { entry, environment }: Start): Promise<Times> {
  const event = predictEvent(irisMessage());
  const firstAnswer = await timeFirstAnswer(node, folder, entry, event, environment);
  const times = await runChild<ColdTimes>(join(folder, 'bench/cold-process.mjs'), {
    node,
    args: [pathToFileURL(join(folder, `${entry}.mjs`)).href],
    environment,
  });
  return { ...times, total: times.import + times.firstCall, firstAnswer };
}

function toRow(title: string, times: readonly Times[], floor: readonly Times[]): ColdRow {
  const of = (step: keyof Times) => summarize(times.map((each) => each[step]));
  const above = (step: keyof Times) =>
    summarize(times.map((each, index) => each[step] - (floor[index] as Times)[step]));
  return {
    title,
    firstAnswer: of('firstAnswer'),
    total: of('total'),
    steps: { import: of('import'), firstCall: of('firstCall'), secondCall: of('secondCall') },
    onTop: { firstAnswer: above('firstAnswer'), total: above('total') },
  };
}
