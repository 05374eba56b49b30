import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createHandler } from '../../../src/handler.ts';
import { graphEndpoints } from '../../../src/runtime/graph/endpoints.ts';
import { openGraph } from '../../../src/runtime/graph/open-graph.ts';
import type { GraphPlan, NodePlan, UnitPlan } from '../../../src/runtime/graph/plan.ts';
import type { UnitSettings } from '../../../src/runtime/unit/settings.ts';
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
import { First } from '../../models/First.ts';
import { Identity } from '../../models/Identity.ts';
import { Scale } from '../../models/Scale.ts';

/** What is measured: the body, and the handlers in turns. */
export interface GraphCase {
  readonly message: 'iris' | 'ndarray 100x784';
  /** URL of the module with the predict handler. */
  readonly predict: string;
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly sampleMs: number;
}

/** Microseconds per call by the name of the handler, and of the CPU of this process. */
export interface GraphTimes {
  readonly wall: Readonly<Record<string, readonly number[]>>;
  readonly cpu: Readonly<Record<string, readonly number[]>>;
}

const CALLS = { routes: false, aggregates: false, transformsOutput: false, getsFeedback: false };

function chain(count: number): NodePlan {
  const children = count > 1 ? [chain(count - 1)] : [];
  return { ...CALLS, unit: `n${count}`, type: 'MODEL', input: 'predict', children };
}

function combiner(count: number): NodePlan {
  const children = Array.from({ length: count }, (_, index) => ({ ...chain(1), unit: `n${index + 1}` }));
  return { ...CALLS, unit: 'first', type: 'COMBINER', aggregates: true, children };
}

/** The models are bundled with this process: those of the artifact would have an NdArray of their own. */
const MODELS = { Identity, Scale, First };

/** The class of each unit of this process, by its target. */
function classesOf({ predictors }: GraphPlan): Record<string, Partial<UnitSettings>> {
  const units = Object.entries(predictors[0]?.units ?? {});
  return Object.fromEntries(
    units.map(([name, { target }]) => {
      const model = target.replace('model:', '') as keyof typeof MODELS;
      const found = { name: model, importModule: async () => ({}), classIn: () => MODELS[model] as never };
      return [name, { found }];
    }),
  );
}

/** Serves a graph. `target`: where its units run. */
function serve(root: NodePlan, count: number, target: (name: string) => string): Promise<PredictHandler> {
  const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
  const unit = (name: string): UnitPlan => ({ target: target(name), parameters: '[]', metadata: '' });
  const units = Object.fromEntries([...names, 'first'].map((name) => [name, unit(name)]));
  const plan: GraphPlan = {
    deployment: 'bench',
    predictors: [
      {
        ...{ name: 'main', labels: {}, traffic: 100, isShadow: false, isRoutingInjected: false },
        ...{ root, units },
      },
    ],
  };
  const graph = openGraph({ plan, units: classesOf(plan) });
  return createHandler(graphEndpoints(graph), {
    instance: graph.instance,
  }) as Promise<unknown> as Promise<PredictHandler>;
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
  warmUpMs,
  rounds,
  sampleMs,
}: GraphCase): Promise<GraphTimes> {
  const { handler: predict } = (await import(url)) as { handler: PredictHandler };
  const units = await startUnits(url);
  const local = (name: string) => (name === 'first' ? 'model:First' : 'model:Identity');
  const handlers: Record<string, PredictHandler> = {
    floor,
    predict,
    'graph of 1': await serve(chain(1), 1, local),
    'graph of 5': await serve(chain(5), 5, local),
    'graph of 20': await serve(chain(20), 20, local),
    'combiner of 5': await serve(combiner(5), 5, local),
    '5 that compute': await serve(chain(5), 5, () => 'model:Scale'),
    '5 with text between': textBetween(predict, 5),
    '1 behind HTTP': await serve(chain(1), 1, () => units.url),
    '5 behind HTTP': await serve(chain(5), 5, () => units.url),
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
      await collectGarbage(sample);
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
