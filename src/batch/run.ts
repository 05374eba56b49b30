import { setMaxListeners } from 'node:events';
import { type AnswerSettings, answerRows, fail } from './answer-rows.ts';
import { createBatchTags } from './batch-tags.ts';
import { createBatcher, type MiniBatch } from './batcher.ts';
import { createBreaker } from './breaker.ts';
import { asTheyCome, inOrder } from './in-order.ts';
import { createLimiter } from './limiter.ts';
import type { BatchPlan, BatchRun, End } from './plan.ts';
import type { Protocol } from './protocol.ts';
import { BadRow, type Row } from './row.ts';
import { createTally, type Tally } from './tally.ts';

/** Characters of answers that wait for an earlier one, at most. */
const MAX_HELD = 64_000_000;

/** Thrown to end a run before its time. */
class Ended extends Error {
  readonly end: End;
  constructor(end: End) {
    super('ended');
    this.end = end;
  }
}

/** Answers the lines of a batch: each line of the input gets one line in the output. */
export function runBatch(plan: BatchPlan): BatchRun {
  const { target, intervalMs, maxFailures } = plan;
  const abort = new AbortController();
  const { signal } = abort;
  // Each request at once waits for it, too: more than ten are no leak.
  setMaxListeners(0, signal);
  const tally = createTally();
  const limiter = createLimiter({
    first: target.firstRequests,
    most: target.maxRequests,
    intervalMs,
    signal,
  });
  const breaker = createBreaker((reason) => abort.abort(new Ended({ kind: 'no host', reason })));
  /** Indices of lines that have failed, and are not yet written. */
  const failing = new Set<number>();
  let mismatches = 0;
  const settings: AnswerSettings = {
    ...{ target, limiter, signal, protocol: plan.protocol, retries: plan.retries, backoffMs: plan.backoffMs },
    tags: createBatchTags(plan.batchId, plan.instanceId),
    onAnswer(ms) {
      tally.latencies.add(ms);
      breaker.answered();
    },
    onRetry: () => {
      tally.retried++;
    },
    onMismatch: () => {
      mismatches++;
    },
    onFailure(row, failure) {
      tally.addFailure(row, failure);
      failing.add(row.index);
      plan.onFailure?.(row, failure);
      if (failure.refused) {
        breaker.refused(failure.refused);
      }
      if (tally.failed > maxFailures) {
        const reason = `more than ${maxFailures} lines have failed`;
        abort.abort(new Ended({ kind: 'too many failures', reason }));
      }
    },
  };
  return {
    tally,
    limiter,
    ended: run(plan, settings, { tally, failing, abort, isSplit: () => mismatches < MAX_MISMATCHES }),
  };
}

/** After so many answers without a row for each line, lines are sent alone. */
const MAX_MISMATCHES = 3;

interface Running {
  readonly tally: Tally;
  readonly failing: Set<number>;
  readonly abort: AbortController;
  /** Whether the model answers one row for each row. */
  readonly isSplit: () => boolean;
}

async function run(
  plan: BatchPlan,
  settings: AnswerSettings,
  { tally, failing, abort, isSplit }: Running,
): Promise<End> {
  const { output, orderedFrom, target, stop } = plan;
  const lines = orderedFrom === undefined ? asTheyCome(output) : inOrder(output, orderedFrom);
  const batcher = createBatcher(() => (isSplit() ? plan.batchSize : 1));
  let active = 0;
  let wake = () => {};
  const hasRoom = () => active < target.maxRequests && lines.held < MAX_HELD;

  async function put(rows: readonly Row[], answers: readonly string[]): Promise<void> {
    abort.signal.throwIfAborted();
    const failed = failing.size === 0 ? 0 : rows.filter(({ index }) => failing.delete(index)).length;
    tally.rows += rows.length;
    tally.answered += rows.length - failed;
    await lines.put(
      rows.map(({ index }) => index),
      answers,
    );
  }

  async function answer(items: MiniBatch): Promise<void> {
    try {
      const answers = await answerRows(settings, items);
      await put(
        items.map(({ row }) => row),
        answers,
      );
    } catch (error) {
      abort.abort(error);
    } finally {
      active--;
      wake();
    }
  }

  async function until(isReady: () => boolean): Promise<void> {
    while (!isReady() && !abort.signal.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async function start(batches: readonly MiniBatch[]): Promise<void> {
    for (const items of batches) {
      if (!hasRoom()) {
        await until(hasRoom);
      }
      abort.signal.throwIfAborted();
      if (stop.aborted) {
        return;
      }
      active++;
      void answer(items);
    }
  }

  async function take(rows: readonly Row[]): Promise<void> {
    for (const row of rows) {
      if (stop.aborted) {
        return;
      }
      const piece = readPiece(plan.protocol, row);
      if (piece instanceof BadRow) {
        await put([row], [fail(settings, row, { kind: 'not sent', reason: piece.message })]);
      } else {
        const full = batcher.add({ row, piece });
        if (full.length > 0) {
          await start(full);
        }
      }
    }
  }

  abort.signal.addEventListener('abort', () => wake());
  let isWhole = false;
  try {
    for await (const rows of plan.rows) {
      await take(rows);
      if (stop.aborted) {
        break;
      }
    }
    if (!stop.aborted) {
      await start(batcher.rest());
    }
    await until(() => active === 0);
    abort.signal.throwIfAborted();
    isWhole = true;
    return { kind: stop.aborted ? 'stopped' : 'done' };
  } catch (error) {
    abort.abort(error);
    if (error instanceof Ended) {
      isWhole = true;
      return error.end;
    }
    throw error;
  } finally {
    await output.close(isWhole);
  }
}

function readPiece(protocol: Protocol, { text, problem }: Row) {
  if (problem !== undefined) {
    return new BadRow(problem);
  }
  try {
    return protocol.read(text);
  } catch (error) {
    if (error instanceof BadRow) {
      return error;
    }
    throw error;
  }
}
