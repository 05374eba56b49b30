import { context, irisMessage, predictEvent } from './events.ts';

/** Microseconds per call; the samples of a round stand at the same index. */
export interface WarmSamples {
  readonly without: readonly number[];
  /** Another copy of the same: what differs between these two is noise. */
  readonly again: readonly number[];
  readonly kept: readonly number[];
}

type Handler = (
  event: unknown,
  context: unknown,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

const WARM_UP_CALLS = 10_000;
const CALLS = 500;
const ROUNDS = 30;

const [withoutUrl, againUrl, keptUrl, stateUrl] = process.argv.slice(2) as [string, string, string, string];
const event = { ...predictEvent(irisMessage()), rawPath: '/route' };

/** Each copy reads the environment once, when it is imported. */
async function load(url: string): Promise<Handler> {
  const { handler } = (await import(url)) as { handler: Handler };
  const { statusCode, body } = await handler(event, context);
  if (statusCode !== 200) {
    throw new Error(`the handler answered ${statusCode}: ${body}`);
  }
  return handler;
}

async function time(handler: Handler, calls: number): Promise<number> {
  globalThis.gc?.();
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    await handler(event, context);
  }
  return (1000 * (performance.now() - start)) / calls;
}

const handlers: Record<string, Handler> = { without: await load(withoutUrl), again: await load(againUrl) };
process.env.STATE_URL = stateUrl;
handlers.kept = await load(keptUrl);

const samples: Record<string, number[]> = { without: [], again: [], kept: [] };
const names = Object.keys(handlers);
for (let calls = 0; calls < WARM_UP_CALLS; calls += CALLS) {
  for (const name of names) {
    await time(handlers[name] as Handler, CALLS);
  }
}
for (let round = 0; round < ROUNDS; round++) {
  // Each is first as often as the others.
  for (let place = 0; place < names.length; place++) {
    const name = names[(round + place) % names.length] as string;
    samples[name]?.push(await time(handlers[name] as Handler, CALLS));
  }
}
console.log(JSON.stringify(samples));
