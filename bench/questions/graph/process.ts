import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  context,
  irisMessage,
  type PredictEvent,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { collectGarbage } from '../../lib/collect-garbage.ts';
import { handler as floor } from '../../lib/floor.ts';
import { arrayMessage } from '../../lib/messages.ts';
import type { GraphSpec } from './serve.ts';

/** What is measured: the body, and the handlers in turns. */
export interface GraphCase {
  readonly message: 'iris' | 'ndarray 100x784';
  /** URL of the module with the predict handler. */
  readonly predict: string;
  /** URL of the module that serves graphs. */
  readonly graphs: string;
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly sampleMs: number;
}

/** Microseconds per call by the name of the handler, and of the CPU of this process. */
export interface GraphTimes {
  readonly wall: Readonly<Record<string, readonly number[]>>;
  readonly cpu: Readonly<Record<string, readonly number[]>>;
}

/** Starts the services of units, which share a process with nothing else. */
export async function serveUnits(predict: string): Promise<string> {
  const { handler } = (await import(predict)) as { handler: PredictHandler };
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString();
    const answer = await handler({ ...predictEvent({}), body }, context);
    response.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const given = JSON.parse(process.argv[2] as string) as GraphCase & { readonly role?: 'units' };
if (given.role === 'units') {
  process.send?.(await serveUnits(given.predict));
} else {
  report(await measure(given));
}

async function measure({
  message,
  predict: url,
  graphs,
  warmUpMs,
  rounds,
  sampleMs,
}: GraphCase): Promise<GraphTimes> {
  const { handler: predict } = (await import(url)) as { handler: PredictHandler };
  const units = await startUnits(url);
  /** Serves a graph by a copy of the code of its own, as a function has it: calls of others do not slow it. */
  const serve = async (spec: GraphSpec): Promise<PredictHandler> => {
    const copy = (await import(`${graphs}?${JSON.stringify(spec)}`)) as typeof import('./serve.ts');
    return copy.serve(spec);
  };
  const handlers: Record<string, PredictHandler> = {
    floor,
    predict,
    'graph of 1': await serve({ units: 1 }),
    'graph of 5': await serve({ units: 5 }),
    'graph of 20': await serve({ units: 20 }),
    'combiner of 5': await serve({ units: 5, isCombined: true }),
    '5 that compute': await serve({ units: 5, target: 'model:Scale' }),
    '5 with text between': textBetween(predict, 5),
    '1 behind HTTP': await serve({ units: 1, target: units.url }),
    '5 behind HTTP': await serve({ units: 5, target: units.url }),
  };
  const body = message === 'iris' ? irisMessage() : arrayMessage('ndarray', 100);
  const event = { ...predictEvent(body), rawPath: '/api/v1.0/predictions' };
  try {
    return await compare(handlers, event, { warmUpMs, rounds, sampleMs });
  } finally {
    units.stop();
  }
}

async function startUnits(predict: string): Promise<{ url: string; stop(): void }> {
  const { fork } = await import('node:child_process');
  const child = fork(process.argv[1] as string, [JSON.stringify({ role: 'units', predict })], {
    execArgv: process.execArgv,
  });
  const url = await new Promise<string>((done) => child.once('message', (sent) => done(String(sent))));
  return { url, stop: () => child.kill() };
}

/** The same function several times, each with the text that the one before has answered. */
function textBetween(predict: PredictHandler, count: number): PredictHandler {
  return async (event, of) => {
    let answer = await predict({ ...event }, of);
    for (let i = 1; i < count; i++) {
      answer = await predict({ ...event, body: answer.body }, of);
    }
    return answer;
  };
}

async function compare(
  handlers: Readonly<Record<string, PredictHandler>>,
  event: PredictEvent,
  { warmUpMs, rounds, sampleMs }: Pick<GraphCase, 'warmUpMs' | 'rounds' | 'sampleMs'>,
): Promise<GraphTimes> {
  const names = Object.keys(handlers);
  const wall: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const cpu: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const calls: Record<string, number> = {};
  for (const [name, handler] of Object.entries(handlers)) {
    calls[name] = await warmUp(handler, event, warmUpMs / names.length, sampleMs);
  }
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(round + place) % names.length] as string;
      const count = calls[name] as number;
      const sample = () => time(handlers[name] as PredictHandler, event, count);
      await collectGarbage(sample, event.body.length);
      const used = process.cpuUsage();
      const ms = await sample();
      const { user, system } = process.cpuUsage(used);
      wall[name]?.push((1000 * ms) / count);
      cpu[name]?.push((user + system) / count);
    }
  }
  return { wall, cpu };
}

async function warmUp(
  handler: PredictHandler,
  event: PredictEvent,
  ms: number,
  sampleMs: number,
): Promise<number> {
  let count = 1;
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const taken = await time(handler, event, count);
    count = Math.max(1, Math.round((count * sampleMs) / taken));
  }
  return count;
}

async function time(handler: PredictHandler, event: PredictEvent, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const { statusCode, body } = await handler({ ...event }, context);
    if (statusCode !== 200) {
      throw new Error(`answered ${statusCode}: ${body.slice(0, 200)}`);
    }
    body.charCodeAt(0);
  }
  return performance.now() - start;
}
