import { deadlineOf, monotonicMs } from '../clock.ts';
import type { SeldonError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import { infoForLog } from '../log.ts';
import { observeCall } from '../pipeline/observe.ts';
import type { Flow } from '../protocols/graph-wire.ts';
import { toResponse } from '../protocols/reply.ts';
import { within } from '../time-limit.ts';
import { failedUnit } from './failure.ts';
import { headersToUnits } from './headers.ts';
import type { OpenPredictor } from './open-graph.ts';
import { type Busy, timeoutError, type Walk } from './walk.ts';
import { withText } from './with-text.ts';

/** The histogram of the time that a graph takes for itself, its units apart. */
const OWN_SECONDS = 'seldon_lambda_graph_seconds';

/** What the call of a graph is counted as. */
const SERVICES = {
  predictions: { external: { service: 'predictions' }, label: ['service', 'predictions'] },
  feedback: { external: { service: 'feedback' }, label: ['service', 'feedback'] },
} as const;

/** Describes a call that goes through the units of a graph. */
export interface GraphCall {
  readonly predictor: OpenPredictor;
  /** The executor's name for it. */
  readonly service: 'predictions' | 'feedback';
  /** Of the caller, or one that repeats of the call have, too. */
  readonly idempotencyKey: string | undefined;
}

/** Few callers send an Idempotency-Key. */
async function fingerprintHeader(request: HttpRequest): Promise<Readonly<Record<string, string>>> {
  const { FINGERPRINT_HEADER, fingerprintOf } = await import('../pipeline/idempotency.ts');
  return { [FINGERPRINT_HEADER]: fingerprintOf(request) };
}

/** The errors of the units that failed, by name. */
function inWords(failures: ReadonlyMap<string, SeldonError>, withPayloads: boolean): object {
  return Object.fromEntries(
    [...failures].map(([name, error]) => [name, `${error.reason}: ${infoForLog(error, withPayloads)}`]),
  );
}

/**
 * Runs a call of a graph within the time of the function: counted, logged, with one line for all units.
 *
 * @param run - walks through the graph.
 */
export function callGraph(
  given: CallContext,
  { predictor, service, idempotencyKey }: GraphCall,
  run: (walk: Walk) => Promise<Flow>,
): Promise<HttpResponse> {
  const timesMs = new Map<string, number>();
  const failures = new Map<string, SeldonError>();
  const busy: Busy = { running: 0, since: 0, ms: 0 };
  const { labels, plan, unitLog, wire } = predictor;
  const { external, label } = SERVICES[service];
  const subject = {
    labels,
    external,
    unitId: undefined,
    isGraph: true,
    fields: (error: SeldonError | undefined) => ({
      predictor: predictor.isOneOfSeveral ? plan.name : undefined,
      node: error && failedUnit(error),
      failedNodes:
        failures.size > (error ? 1 : 0) ? inWords(failures, given.instance.config.LOG_PAYLOADS) : undefined,
      nodes: Object.fromEntries([...timesMs].map(([name, ms]) => [name, Math.round(ms * 1000) / 1000])),
    }),
  };
  return observeCall(
    service,
    given,
    async (context) => {
      const { invocation, instance, request } = context;
      const deadline = deadlineOf(invocation.remainingMs);
      const start = monotonicMs();
      const notes = unitLog?.();
      const passed = headersToUnits(request, instance.config.SELDON_GRAPH_HEADERS, invocation.puid);
      // Not awaited where they are there: each await costs a small call.
      const headers = passed instanceof Promise ? await passed : passed;
      const walk: Walk = {
        context,
        wire,
        headers:
          idempotencyKey === undefined ? headers : { ...headers, ...(await fingerprintHeader(request)) },
        idempotencyKey,
        restTimeoutMs: plan.restTimeoutMs,
        isRoutingInjected: plan.isRoutingInjected,
        deadline,
        timesMs,
        failures,
        running: new Set(),
        busy,
        metrics: [],
        note: notes?.note,
      };
      const answer = run(walk).then((flow) => flow.reply());
      try {
        const reply = await within(answer, deadline - start, () =>
          timeoutError([...walk.running].join(', ') || predictor.root.name, monotonicMs() - start),
        );
        const ownMs = monotonicMs() - start - busy.ms;
        instance.metrics.recordSeconds(OWN_SECONDS, label, { status: 200, durationMs: ownMs }, labels);
        const response = withText(toResponse(reply));
        const isTimed = service === 'predictions' && request.headers['seldon-graph-timing'] === 'true';
        return {
          response: isTimed ? (await import('./timing.ts')).withTimes(response, timesMs) : response,
          metrics: walk.metrics,
        };
      } finally {
        if (notes !== undefined) {
          await notes.send({ service, request, invocation });
        }
      }
    },
    subject,
  );
}
