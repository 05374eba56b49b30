import { CallFailure, NotCarriedOut, summaryOf } from '../../call-failure.ts';
import { monotonicMs } from '../../clock.ts';
import { isHttpStatus, SeldonError, toSeldonError } from '../../errors.ts';
import { graphError } from '../../graph-error.ts';
import { decompressBody } from '../../http/compression.ts';
import type { HttpResponse } from '../../http/request.ts';
import type { Flow, UnitMethod } from '../../protocols/graph-wire.ts';
import { show } from '../../show.ts';
import { unitLabels } from '../../unit/labels.ts';
import { answeredFailure } from '../answered-failure.ts';
import type { BindingHost, BoundUnit, UnitCall } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';
import { withText } from '../with-text.ts';
import type { RemoteAnswer, RemoteRequest, Transport } from './transport.ts';

/** The histogram of the events that make units elsewhere ready. */
const WARM_UP_SECONDS = 'seldon_lambda_graph_warmup_seconds';

/** The rest of a unit elsewhere, whatever the way to it is. */
export function remoteUnit(
  where: 'lambda' | 'http',
  { name, plan, host }: { readonly name: string; readonly plan: UnitPlan; readonly host: BindingHost },
  transport: Transport,
): BoundUnit {
  const { instance, wire, predictor } = host;
  const { config } = instance;
  const labels = unitLabels({ id: name, image: plan.image, predictor }, config);
  const send = async (request: RemoteRequest): Promise<HttpResponse> => {
    const start = monotonicMs();
    try {
      return await plain(await sendAgain(transport, request), config.MAX_DECOMPRESSED_BYTES);
    } catch (error) {
      throw toUnitError(error, name, monotonicMs() - start);
    }
  };
  const get = async (method: UnitMethod, { headers, timeoutMs, context }: UnitCall) =>
    withText(
      await send({
        method: 'GET',
        ...wire.pathOf(method, name, context.request),
        headers,
        body: '',
        timeoutMs,
        isRepeatable: true,
      }),
    );
  const counted = async (warm: () => Promise<void>) => {
    const start = monotonicMs();
    let status = 200;
    try {
      await warm();
    } catch (error) {
      status = toSeldonError(toUnitError(error, name, monotonicMs() - start)).status;
      throw error;
    } finally {
      const durationMs = monotonicMs() - start;
      instance.metrics.recordSeconds(WARM_UP_SECONDS, ['where', where], { status, durationMs }, labels);
    }
  };
  return {
    where,
    labels,
    async call(method, message, { headers, timeoutMs, context, invocation: { idempotencyKey } }) {
      const { body, headers: own = JSON_TYPE } = await (message as Flow).reply();
      const key = idempotencyKey === undefined ? undefined : { 'idempotency-key': idempotencyKey };
      const { path, endpoint } = wire.pathOf(method, name, context.request);
      const response = await send({
        method: 'POST',
        path: plan.path ?? path,
        endpoint,
        // Object.assign: a spread of objects whose names differ takes 1 us and more.
        headers: Object.assign({}, headers, key, own),
        body,
        timeoutMs,
        isRepeatable: method !== 'sendFeedback',
      });
      if (response.status !== 200) {
        throw answeredFailure(response);
      }
      return { flow: wire.ofReply(response), metrics: [] };
    },
    // A URL that is the call itself has no path for anything else.
    ...(plan.path !== '' && {
      status: (call: UnitCall) => get('healthStatus', call),
      metadata: (call: UnitCall) => get('metadata', call),
    }),
    check: (timeoutMs) => transport.check(timeoutMs),
    async prepare() {
      if (transport.warm !== undefined) {
        await counted(transport.warm);
      }
    },
  };
}

/**
 * Headers of an answer that are read, beside its type. The latter says, in the Open Inference Protocol, where
 * the JSON of a body ends and the bytes of tensors begin.
 */
const PASSED = ['retry-after', 'inference-header-content-length'] as const;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Tries of a request that did not arrive, at most. */
const MAX_TRIES = 3;
const MAX_PAUSE_MS = 100;

/** Sends a request again when the unit certainly did not get it. */
async function sendAgain(transport: Transport, request: RemoteRequest): Promise<RemoteAnswer> {
  const endAt = monotonicMs() + request.timeoutMs;
  for (let tries = 1; ; tries++) {
    try {
      return await transport.send({ ...request, timeoutMs: endAt - monotonicMs() });
    } catch (error) {
      const pauseMs = Math.random() * MAX_PAUSE_MS * tries;
      const isLate = monotonicMs() + pauseMs >= endAt;
      if (!(error instanceof NotCarriedOut) || tries === MAX_TRIES || isLate) {
        throw error;
      }
      await new Promise((done) => setTimeout(done, pauseMs));
    }
  }
}

/** Reads an answer. Bytes stay bytes, of which nothing is made when the next unit is elsewhere, too. */
async function plain({ status, headers, body }: RemoteAnswer, maxBytes: number): Promise<HttpResponse> {
  const type = textOf(headers['content-type']) ?? 'application/json';
  if (!isHttpStatus(status) || !/^[\x20-\x7e]*$/.test(type)) {
    throw graphError('GRAPH_BAD_ANSWER', 'the answer has a status or a content type that nobody can pass on');
  }
  const own: Record<string, string> = { 'content-type': type };
  for (const name of PASSED) {
    const value = textOf(headers[name]);
    if (value !== undefined) {
      own[name] = value;
    }
  }
  const encoding = textOf(headers['content-encoding']);
  return { status, headers: own, body: await decompressed(body, encoding, maxBytes) };
}

/** @throws SeldonError GRAPH_BAD_ANSWER: the caller has sent another body. */
async function decompressed(
  body: RemoteAnswer['body'],
  given: string | undefined,
  maxBytes: number,
): Promise<RemoteAnswer['body']> {
  const encoding = given?.trim().toLowerCase();
  if (encoding === undefined || encoding === 'identity' || body.length === 0) {
    return body;
  }
  let why = `content-encoding ${show(encoding)} is not known`;
  try {
    const plain = await decompressBody(Buffer.from(body), encoding, maxBytes);
    if (plain !== undefined) {
      return plain;
    }
  } catch (error) {
    why = toSeldonError(error).message;
  }
  throw graphError('GRAPH_BAD_ANSWER', `the answer of the unit: ${why}`);
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The error to answer: no address, and no account. The log of the call has the rest, as the cause. */
function toUnitError(error: unknown, name: string, ms: number): Error {
  if (error instanceof SeldonError && !(error.cause instanceof CallFailure)) {
    return error;
  }
  const summary = summaryOf(error instanceof SeldonError ? error.cause : error);
  const options = { cause: error };
  if (OVER.includes(summary)) {
    return graphError('GRAPH_TIMEOUT', `unit ${name} did not answer within ${Math.round(ms)} ms`, options);
  }
  return summary === TOO_LONG
    ? graphError('GRAPH_BAD_ANSWER', `unit ${name}: ${summary}`, options)
    : graphError('GRAPH_NODE_UNREACHABLE', `unit ${name} cannot be reached: ${summary}`, options);
}

/** The summary of an answer that nobody reads to its end. */
export const TOO_LONG = 'the answer is too long';

/** Summaries of connections for time that is over. */
const OVER = ['no answer', 'no time is left'];
