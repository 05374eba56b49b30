import { randomUUID } from 'node:crypto';
import { type Config, metricsUrl } from './config.ts';
import { deadlineOf } from './deadline.ts';
import { SeldonError } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { log } from './log.ts';
import { type Recorded, takeRecorded } from './metrics.ts';
import {
  addBatch,
  type Batch,
  emptyDocument,
  type MetricsDocument,
  REMEMBERED_MS,
} from './metrics-document.ts';
import { createMutex } from './mutex.ts';
import { storeKey, toSettings } from './persistence.ts';
import { createReplica, type Replica } from './replica.ts';
import { openStore } from './stores/index.ts';

/** Metrics may not delay an answer by more than this, less what is kept for the answer itself. */
const MAX_DELAY_MS = 1_000;

const instance = randomUUID();
const lock = createMutex();
let opened: Promise<Shared> | undefined;
/** What may be in the store or not: it is tried again before anything new, under the same number. */
let unconfirmed: Batch | undefined;
let sequence = 0;

/** The document that all instances share, as this one knows it. */
interface Shared {
  readonly replica: Replica;
  document(): MetricsDocument;
}

/**
 * Adds what this instance has recorded to the store, once, whatever becomes of the replies.
 *
 * @throws SeldonError when it could not be stored in time; it is kept for the next time.
 */
export function flushMetrics(config: Config, invocation: Invocation): Promise<void> {
  return lock(async () => {
    const deadline = deadlineOf(() => Math.min(MAX_DELAY_MS, invocation.remainingMs()));
    if (unconfirmed !== undefined) await confirm(config, deadline);
    const recorded = takeRecorded();
    if (recorded === undefined) return;
    unconfirmed = { ...recorded, instance, sequence: ++sequence, timeMs: Date.now() };
    await confirm(config, deadline);
  });
}

/** What all instances have stored. */
export function readMetrics(config: Config, invocation: Invocation): Promise<Recorded> {
  return lock(async () => {
    const { replica, document } = await open(config);
    await replica.refresh(deadlineOf(invocation.remainingMs), 0);
    const { series, dropped } = document();
    return { series: [...series.values()], dropped };
  });
}

async function confirm(config: Config, deadline: number): Promise<void> {
  const batch = unconfirmed as Batch;
  if (Date.now() - batch.timeMs > REMEMBERED_MS) {
    // Whether the store has it is forgotten; a little too few is better than twice.
    log('warn', 'metrics that could not be stored for hours are given up', { series: batch.series.length });
  } else {
    const shared = await open(config);
    const { METRICS_MAX_SERIES } = config;
    try {
      await add(shared, batch, METRICS_MAX_SERIES, deadline);
    } catch (error) {
      if (!(error instanceof SeldonError && error.reason === 'MICROSERVICE_STATE_TOO_LARGE')) throw error;
      // The store has no room for more series: those that it has count on.
      log('warn', 'the metrics are too large for the store; no further series is begun', {}, error);
      await add(shared, batch, 0, deadline);
    }
  }
  unconfirmed = undefined;
}

function add({ replica, document }: Shared, batch: Batch, maxSeries: number, deadline: number) {
  return replica.update(deadline, async () => addBatch(document(), batch, maxSeries));
}

function open(config: Config): Promise<Shared> {
  opened ??= openShared(config).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function openShared(config: Config): Promise<Shared> {
  const variable = config.METRICS_URL === undefined ? 'STATE_URL' : 'METRICS_URL';
  const store = await openStore(metricsUrl(config) as string, toSettings(config), variable);
  let document = emptyDocument();
  const subject = {
    getState: () => document,
    // What is in the envelope is what getState() gave, of this or an earlier version.
    setState: (state: unknown) => {
      document = state as MetricsDocument;
    },
  };
  const key = storeKey('metrics', config);
  const replica = createReplica({ store, key, className: 'metrics', schemaVersion: 1 }, subject);
  return { replica, document: () => document };
}
