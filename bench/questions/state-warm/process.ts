import {
  context,
  irisMessage,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { collectGarbage } from '../../lib/collect-garbage.ts';

/** Three copies of a handler, and how much is measured. */
export interface StateWarmCase {
  readonly urls: { readonly [K in keyof StateWarmSamples]: string };
  /** The store of `withStore`. */
  readonly stateUrl: string;
  readonly warmUpCalls: number;
  readonly rounds: number;
}

/** Microseconds per call; the samples of a round stand at the same index. */
export interface StateWarmSamples {
  readonly without: readonly number[];
  /** Another copy of the same: the difference between these two is noise. */
  readonly again: readonly number[];
  readonly withStore: readonly number[];
}

/** Calls of a sample. */
const CALLS = 500;

const { urls, stateUrl, warmUpCalls, rounds } = JSON.parse(process.argv[2] as string) as StateWarmCase;
const event = { ...predictEvent(irisMessage()), rawPath: '/route' };

/** Imports a copy, which reads the environment then and never again. */
async function load(url: string): Promise<PredictHandler> {
  const { handler } = (await import(url)) as { handler: PredictHandler };
  const { statusCode, body } = await handler(event, context);
  if (statusCode !== 200) {
    throw new Error(`the handler answered ${statusCode}: ${body}`);
  }
  return handler;
}

async function time(handler: PredictHandler, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    await handler(event, context);
  }
  return (1000 * (performance.now() - start)) / calls;
}

const handlers: Record<string, PredictHandler> = {
  without: await load(urls.without),
  again: await load(urls.again),
};
process.env.STATE_URL = stateUrl;
handlers.withStore = await load(urls.withStore);

const samples: Record<string, number[]> = { without: [], again: [], withStore: [] };
const names = Object.keys(handlers);
for (let calls = 0; calls < warmUpCalls; calls += CALLS) {
  for (const name of names) {
    await time(handlers[name] as PredictHandler, CALLS);
  }
}
for (let round = 0; round < rounds; round++) {
  // Each is first as often as the others.
  for (let place = 0; place < names.length; place++) {
    const name = names[(round + place) % names.length] as string;
    const sample = () => time(handlers[name] as PredictHandler, CALLS);
    await collectGarbage(sample, event.body.length);
    samples[name]?.push(await sample());
  }
}
report(samples);
