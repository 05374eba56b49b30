import { monotonicMs } from '../clock.ts';
import type { SeldonError } from '../errors.ts';
import { graphError } from '../graph-error.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { Metric } from '../model/message.ts';
import type { Flow, FlowKind, GraphWire } from '../protocols/graph-wire.ts';
import { within } from '../time-limit.ts';
import { type Called, type GraphMethod, METHOD_PATHS, type Messages, type UnitCall } from './bound-unit.ts';
import { failedAt } from './failure.ts';
import type { OpenNode } from './open-node.ts';

/** One call of a graph. */
export interface Walk {
  readonly context: CallContext;
  readonly wire: GraphWire;
  /** The headers that pass on to the units. */
  readonly headers: Readonly<Record<string, string>>;
  /** The key under which the units remember this call; each gets its own of it. */
  readonly idempotencyKey: string | undefined;
  /** The longest time of one call of a unit. */
  readonly restTimeoutMs: number | undefined;
  /** By `monotonicMs()`: when the graph must have answered. */
  readonly deadline: number;
  readonly isRoutingInjected: boolean;
  /** Milliseconds of each unit so far, all its calls together. */
  readonly timesMs: Map<string, number>;
  /** The errors of the units that failed. One of them becomes the answer. */
  readonly failures: Map<string, SeldonError>;
  /** The units that are being called. */
  readonly running: Set<string>;
  /** The time in which at least one unit was being called: the rest of the graph's is its own. */
  readonly busy: Busy;
  /** Notes a message that a unit got, for the payload log; undefined: nothing is logged. */
  readonly note?: ((name: string, got: Flow<FlowKind>) => NoteAnswer) | undefined;
  /** The metrics of the models that were called. */
  readonly metrics: Metric[];
}

/** Counts the time in which something runs. */
export interface Busy {
  running: number;
  since: number;
  ms: number;
}

/** Notes what a unit answered to the message that it got. A router's answer is that of its child. */
export type NoteAnswer = (answered: Flow) => void;

/** The name of the executor's histogram of the calls of units. */
const CLIENT_SECONDS = 'seldon_api_executor_client_requests_seconds';

/**
 * Calls the unit of a node; the call is counted, and is a span.
 *
 * @throws SeldonError with the unit's name in a header.
 */
export async function callUnit<M extends GraphMethod>(
  walk: Walk,
  node: OpenNode,
  method: M,
  message: Messages[M],
): Promise<Flow> {
  const { context, running, timesMs, busy } = walk;
  const { name, unit } = node;
  const { labels } = unit;
  const { metrics } = context.instance;
  const start = monotonicMs();
  let status = 200;
  let called: Called | undefined;
  running.add(name);
  if (busy.running++ === 0) {
    busy.since = start;
  }
  try {
    const sent = toRequest(walk, method, message);
    const route = method === 'route' ? ({ flow }: Called) => walk.wire.readRoute(flow) : undefined;
    called = await limited(walk, node, start, (call) => unit.call(method, sent, call), route);
    return called.flow;
  } catch (thrown) {
    const error = failedAt(name, thrown);
    status = error.status;
    walk.failures.set(name, error);
    throw error;
  } finally {
    running.delete(name);
    const end = monotonicMs();
    if (--busy.running === 0) {
      busy.ms += end - busy.since;
    }
    const durationMs = end - start;
    timesMs.set(name, (timesMs.get(name) ?? 0) + durationMs);
    const ended = { status, durationMs, metrics: called?.metrics ?? NO_METRICS };
    if (labels !== undefined) {
      metrics.recordSeconds(CLIENT_SECONDS, ['service', METHOD_PATHS[method]], ended, labels);
    }
    if (ended.metrics.length > 0) {
      walk.metrics.push(...ended.metrics);
    }
    unit.count?.(method, ended);
  }
}

const NO_METRICS: readonly Metric[] = [];

/** The idempotency key of the call at a node; undefined: it has none. */
export function keyAt({ idempotencyKey }: Walk, { key }: OpenNode): string | undefined {
  return idempotencyKey && `${idempotencyKey}/${key}`;
}

/** The message as the method gets it, in the words of the protocol. A list of answers is one already. */
function toRequest<M extends GraphMethod>(
  { wire, context }: Walk,
  method: M,
  message: Messages[M],
): Messages[M] {
  return wire.toRequest === undefined || method === 'aggregate' || method === 'sendFeedback'
    ? message
    : (wire.toRequest(message as Flow, context.request) as Messages[M]);
}

/** Runs a call within its time, as a span. `start`: now. */
function limited<T>(
  walk: Walk,
  node: OpenNode,
  start: number,
  run: (call: UnitCall) => Promise<T>,
  route: RouteOf<T> | undefined,
): Promise<T> {
  const { context, idempotencyKey, restTimeoutMs, deadline } = walk;
  const { name, unit, reserveMs, childNames: children } = node;
  const { invocation } = context;
  const leftMs = deadline - reserveMs - start;
  const timeoutMs = Math.min(leftMs, restTimeoutMs ?? leftMs);
  const ofUnit =
    idempotencyKey === invocation.idempotencyKey && idempotencyKey === undefined
      ? invocation
      : { ...invocation, idempotencyKey: keyAt(walk, node) };
  const traced = asSpan(
    walk,
    node,
    (headers) => run({ context, invocation: ofUnit, headers, timeoutMs, children }),
    route,
  );
  // A unit elsewhere keeps the time itself. The graph as a whole has a limit, too.
  return restTimeoutMs !== undefined && unit.where === 'local'
    ? within(traced, timeoutMs, () => timeoutError(name, timeoutMs))
    : traced;
}

/** The child that a router has chosen by its result. */
type RouteOf<T> = (result: T) => number | Promise<number>;

/** Runs the part of a node as a span, with the route if it is a router's. */
export function asSpan<T>(
  { context, headers }: Walk,
  { name, unit: { where } }: OpenNode,
  run: (headers: Walk['headers']) => Promise<T>,
  route: RouteOf<T> | undefined,
): Promise<T> {
  return context.instance.trace.unit(name, { where, headers, route }, run);
}

/** The error of a unit that did not answer in time. */
export function timeoutError(name: string, ms: number): Error {
  return failedAt(
    name,
    graphError('GRAPH_TIMEOUT', `unit ${name} did not answer within ${Math.max(0, Math.round(ms))} ms`),
  );
}
