import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { apiGatewayV2, lambdaContext, readResult } from './events.ts';
import type { Job, Phase, Report } from './state-hammer-job.ts';
import { openWorkerSide } from './stores/worker-side.ts';

// A process of hammerFeedback(): one instance of the function send-feedback, and those who call it.

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const FUNCTION_MS = 30_000;

const { job, whenTold } = openWorkerSide<Job, Report>();
const { task, writers, feedbacks, hasKeys } = job;
let latenciesMs: number[] = [];
let refused = 0;

async function main(): Promise<void> {
  const { handler } = await load<{ handler: Handler }>('handlers/send-feedback.mjs');
  // The same module that the handler loads.
  const { Counter } = await load<{ Counter: { runs: number } }>('models/Counter.mjs');

  async function sendByAll(each: number): Promise<Phase> {
    const before = Counter.runs;
    [latenciesMs, refused] = [[], 0];
    await Promise.all(Array.from({ length: writers }, () => sendAll(handler, each)));
    return { latenciesMs, refused, conflicts: Counter.runs - before - latenciesMs.length };
  }

  await whenTold(async (meet) => {
    const first = await sendByAll(1);
    await meet();
    return { first, rest: await sendByAll(feedbacks - 1) };
  });
  // An instance keeps its connections.
  process.exit();
}

function load<T>(file: string): Promise<T> {
  return import(pathToFileURL(join(task, file)).href);
}

async function sendAll(handler: Handler, each: number): Promise<void> {
  for (let nth = 0; nth < each; nth++) {
    const start = performance.now();
    await sendUntilDone(handler, hasKeys ? { 'idempotency-key': randomUUID() } : {});
    latenciesMs.push(performance.now() - start);
  }
}

/** As a client does that is told to come back. */
async function sendUntilDone(handler: Handler, more: Record<string, string>): Promise<void> {
  const event = apiGatewayV2({
    method: 'POST',
    path: '/send-feedback',
    headers: { 'content-type': 'application/json', ...more },
    body: '{"reward":1}',
  });
  for (;;) {
    const endAt = performance.now() + FUNCTION_MS;
    const context = lambdaContext({ getRemainingTimeInMillis: () => endAt - performance.now() });
    const { status, headers, body } = readResult(await handler(event, context));
    if (status === 200) {
      return;
    }
    if (status !== 503) {
      throw new Error(`/send-feedback answered ${status}: ${body}`);
    }
    refused++;
    await sleep(1000 * Number(headers['retry-after']));
  }
}

main();
