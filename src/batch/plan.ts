import type { Failure } from './answer-rows.ts';
import type { InstanceId } from './instance-id.ts';
import type { Limiter } from './limiter.ts';
import type { Output } from './output.ts';
import type { Protocol } from './protocol.ts';
import type { Row } from './row.ts';
import type { Tally } from './tally.ts';
import type { Target } from './target.ts';

/** All that a run needs. */
export interface BatchPlan {
  /** Lines that are to be answered, in the order of their indices. */
  readonly rows: AsyncIterable<readonly Row[]>;
  readonly output: Output;
  readonly target: Target;
  readonly protocol: Protocol;
  readonly batchId: string;
  readonly instanceId: InstanceId;
  /** Lines in a request, at most. */
  readonly batchSize: number;
  /** The index of the first line, for an output in the order of the input; undefined: as answers come. */
  readonly orderedFrom: number | undefined;
  readonly retries: number;
  readonly backoffMs: number;
  readonly intervalMs: number;
  /** The run ends when more lines have failed. */
  readonly maxFailures: number;
  /** Aborted when no more lines should be sent; those under way are waited for. */
  readonly stop: AbortSignal;
  readonly onFailure?: ((row: Row, failure: Failure) => void) | undefined;
}

/** How a run has ended. */
export type End =
  | { readonly kind: 'done' | 'stopped' }
  /** `reason`: why not all lines were sent. */
  | { readonly kind: 'too many failures' | 'no host'; readonly reason: string };

/** A run that is under way. */
export interface BatchRun {
  readonly tally: Tally;
  readonly limiter: Limiter;
  /** Rejects when the input cannot be read, or the output cannot be written. */
  readonly ended: Promise<End>;
}
