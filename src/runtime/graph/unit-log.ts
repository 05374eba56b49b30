import type { HttpRequest } from '../http/request.ts';
import type { Instance } from '../instance/instance.ts';
import type { Invocation } from '../invocation.ts';
import type { Flow, FlowKind } from '../protocols/graph-wire.ts';
import { toResponse } from '../protocols/reply.ts';
import { createPayloadLog, type PayloadLog } from '../telemetry/payload-log/payload-log.ts';
import type { LoggerPlan, PredictorPlan } from './plan.ts';
import type { Walk } from './walk.ts';
import { withText } from './with-text.ts';

/** Begins to note the messages of one call of a graph. */
export type UnitLog = () => UnitNotes;

/** The messages of one call of a graph. */
export interface UnitNotes {
  readonly note: NonNullable<Walk['note']>;
  /**
   * Sends the messages of the units that have a logger as CloudEvents, once for each call: what the unit got,
   * and what it answered; a router's answer is that of its child. Takes at most PAYLOAD_LOG_TIMEOUT_MS, and
   * never fails.
   */
  send(call: {
    readonly service: string;
    readonly request: HttpRequest;
    readonly invocation: Invocation;
  }): Promise<void>;
}

/** The messages of one call of a unit. */
interface NotedMessages {
  /** The unit's name. */
  readonly name: string;
  readonly got: Flow<FlowKind>;
  /** Undefined until it answers, when it fails, and for feedback. */
  answered?: Flow | undefined;
}

/** Opens the log of the units of a predictor. A logger without a URL sends to PAYLOAD_LOG_URL. */
export function openUnitLog({ name, units }: PredictorPlan, { config, log }: Instance): UnitLog {
  const logs = new Map<string, PayloadLog>();
  const openLog = (url: string): PayloadLog => {
    const opened =
      logs.get(url) ??
      createPayloadLog({ config: { ...config, PAYLOAD_LOG_URL: url, PREDICTOR_ID: name }, log });
    logs.set(url, opened);
    return opened;
  };
  const send = async (
    noted: readonly NotedMessages[],
    { service, request, invocation }: Parameters<UnitNotes['send']>[0],
  ) => {
    await Promise.all(
      noted.map(async ({ name: unitId, got, answered }) => {
        const logger = units[unitId]?.logger;
        const url = logger?.url ?? config.PAYLOAD_LOG_URL;
        if (logger === undefined || !url || !isLogged(logger, service)) {
          return;
        }
        const method = service === 'feedback' ? 'feedback' : 'predict';
        const sent = await requestOf(got, request);
        const response = answered && withText(toResponse(await answered.reply()));
        const call = { method, request: sent, response, invocation, unitId };
        await openLog(url).send({ ...call, without: withoutOf(logger, service) });
      }),
    );
  };
  return () => {
    const noted: NotedMessages[] = [];
    return {
      note(name, got) {
        const messages: NotedMessages = { name, got };
        noted.push(messages);
        return (answered) => {
          messages.answered = answered;
        };
      },
      send: (call) => send(noted, call),
    };
  };
}

/** Feedback counts as a response, as for the executor. */
function isLogged({ mode }: LoggerPlan, service: string): boolean {
  return service !== 'feedback' || mode !== 'request';
}

function withoutOf({ mode }: LoggerPlan, service: string): 'request' | 'response' | undefined {
  if (service === 'feedback' || mode === 'all') {
    return undefined;
  }
  return mode === 'request' ? 'response' : 'request';
}

/** The message as a request, with the headers of the call: they may say that nothing is to be logged. */
async function requestOf(got: Flow<FlowKind>, { headers }: HttpRequest): Promise<HttpRequest> {
  const { body, headers: own } = withText(toResponse(await got.reply()));
  return { method: 'POST', path: '', query: {}, headers: { ...headers, ...own }, body };
}
