import { deadlineOf } from '../../clock.ts';
import { metricsUrl } from '../../config.ts';
import { crypto } from '../../crypto.ts';
import { SeldonError } from '../../errors.ts';
import type { Invocation } from '../../invocation.ts';
import { createOnce } from '../../once.ts';
import { createMutex } from '../../state/mutex.ts';
import { createReplica, type Replica } from '../../state/replica.ts';
import { StateUnavailable } from '../../state/state-unavailable.ts';
import { toSubject } from '../../state/subject.ts';
import { storeKey } from '../../stores/settings.ts';
import type { Store } from '../../stores/store.ts';
import { addBatch, type Batch, emptyDocument, isForgotten, type MetricsDocument } from './document.ts';
import type { MetricsHost } from './metrics.ts';
import type { Recorded, Registry } from './registry.ts';
import { seriesId } from './series.ts';

const { serialize } = process.getBuiltinModule('node:v8');

/**
 * The longest delay of an answer by a write of metrics. `deadlineOf` subtracts the time that it reserves for
 * the answer.
 */
const MAX_DELAY_MS = 1_000;
/** The same with METRICS_FLUSH_MS=0, where each call waits until its own metrics are stored. */
const MAX_DELAY_OF_EACH_MS = 10_000;

/** The metrics that all instances share, in a store. */
export interface SharedMetrics {
  /**
   * Adds the metrics that this instance has recorded to the store. They are added once, even if a reply of
   * the store is lost.
   *
   * @throws SeldonError when the metrics could not be stored in time; they are kept for the next time.
   */
  flush(invocation: Invocation): Promise<void>;
  /** Reads the metrics that all instances have stored. */
  read(invocation: Invocation): Promise<Recorded>;
}

/** The stored document, as far as this instance knows it. */
interface Shared {
  readonly replica: Replica;
  readonly store: Store;
  document(): MetricsDocument;
}

/**
 * A batch that was sent to the store. `triedAt`: `batches` of the document at the first attempt whose result
 * is unknown.
 */
type Tried = Batch & { triedAt?: number };

/** Makes an instance's part of the shared metrics. The store is opened at the first use. */
export function createSharedMetrics(host: MetricsHost, registry: Registry): SharedMetrics {
  let instance: string | undefined;
  const lock = createMutex(() => new StateUnavailable(new Error('an earlier call has not ended')));
  const maxDelayMs = host.config.METRICS_FLUSH_MS === 0 ? MAX_DELAY_OF_EACH_MS : MAX_DELAY_MS;
  const opened = createOnce<Shared>();
  /**
   * A batch that may be in the store or not. It is tried again before any newer batch, under the same number.
   */
  let unconfirmed: Tried | undefined;
  let sequence = 0;
  /** A flush that has not begun. It will include everything that is recorded until it begins. */
  let next: Promise<void> | undefined;

  const open = () => opened(() => openShared(host));

  const confirm = async (batch: Tried, deadline: number) => {
    await addWithRoom(host, await open(), batch, deadline);
    unconfirmed = undefined;
  };

  return {
    flush(invocation) {
      if (next !== undefined) {
        return next;
      }
      const deadline = deadlineOf(() => Math.min(maxDelayMs, invocation.remainingMs()));
      const flushing = lock.run(deadline, async () => {
        next = undefined;
        if (unconfirmed !== undefined) {
          await confirm(unconfirmed, deadline);
        }
        const recorded = registry.take();
        if (recorded !== undefined) {
          instance ??= crypto().randomBytes(9).toString('base64url');
          unconfirmed = { ...recorded, instance, sequence: ++sequence };
          await confirm(unconfirmed, deadline);
        }
      });
      next = flushing;
      // It may have failed before it began.
      flushing.catch(() => {
        next = next === flushing ? undefined : next;
      });
      return flushing;
    },
    read({ remainingMs }) {
      const deadline = deadlineOf(remainingMs);
      return lock.run(deadline, async () => {
        const { replica, document } = await open();
        await replica.refresh(deadline, 0);
        const { series, dropped } = document();
        return { series: [...series.values()], dropped };
      });
    },
  };
}

/**
 * Adds a batch. If the store has no room for more series, only the series that it already has are counted.
 */
async function addWithRoom(host: MetricsHost, shared: Shared, batch: Tried, deadline: number): Promise<void> {
  const { METRICS_MAX_SERIES } = host.config;
  try {
    await add(host, shared, { batch, maxSeries: METRICS_MAX_SERIES, deadline });
  } catch (error) {
    if (!(error instanceof SeldonError && error.reason === 'MICROSERVICE_STATE_TOO_LARGE')) {
      throw error;
    }
    host.log.warn('the metrics are too large for the store; new series are left out', {}, error);
    await add(host, shared, { batch, maxSeries: 0, deadline });
  }
}

async function add(
  { log }: MetricsHost,
  { replica, store, document }: Shared,
  { batch, maxSeries, deadline }: { batch: Tried; maxSeries: number; deadline: number },
): Promise<void> {
  let batches: number | undefined;
  const run = async () => {
    const current = document();
    if (batch.triedAt !== undefined && isForgotten(current, batch, batch.triedAt)) {
      // Counting too little is better than counting twice.
      log.warn('gave up metrics that may or may not be in the store', { series: batch.series.length });
      return;
    }
    batches ??= current.batches;
    addBatch(current, batch, Math.min(maxSeries, roomFor(current, batch, store)));
  };
  try {
    await replica.update(deadline, run);
  } catch (error) {
    if (batches !== undefined && !(error instanceof StateUnavailable && error.isRefused)) {
      batch.triedAt ??= batches;
    }
    throw error;
  }
}

/**
 * The most series that the document may have, so that their values can still grow within the size limit of
 * the store.
 */
function roomFor(document: MetricsDocument, { series }: Batch, { maxBytes }: Store): number {
  const begun = series.map((each) => [seriesId(each), each] as const);
  if (maxBytes === undefined || begun.every(([id]) => document.series.has(id))) {
    return Number.POSITIVE_INFINITY;
  }
  const leftBytes = maxBytes / GROWTH - serialize(document).length;
  const bytesEach = serialize(begun).length / begun.length;
  return document.series.size + Math.max(0, Math.floor(leftBytes / bytesEach));
}

/** A small number takes 2 bytes, and a large one up to 9. */
const GROWTH = 2;

async function openShared({ config, log, openStore }: MetricsHost): Promise<Shared> {
  const variable = config.METRICS_URL === undefined ? 'STATE_URL' : 'METRICS_URL';
  const store = await openStore(metricsUrl(config) as string, variable);
  let document = emptyDocument();
  const subject = {
    getState: () => document,
    // The envelope contains a document that getState() returned, in this or in an earlier version.
    setState: (state: unknown) => {
      document = { ...emptyDocument(), ...(state as MetricsDocument) };
    },
  };
  const place = storeKey('metrics', config, config.PREDICTIVE_UNIT_ID);
  const replica = createReplica(
    { store, ...place, className: 'metrics', schemaVersion: 1, log },
    toSubject(subject, place.key),
  );
  return { replica, store, document: () => document };
}
