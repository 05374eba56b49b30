import { isDeepStrictEqual } from 'node:util';
import { FEATURES } from './arithmetic.ts';
import { bytesByHand, classifyByHand, scaleByHand } from './by-hand.ts';
import { arrayMessage, binaryMessage, context, irisMessage, predictEvent, textMessage } from './events.ts';
import { handler as floor } from './floor.ts';
import { report } from './report.ts';

/** Microseconds per call by the name of the handler; the samples of a round stand at the same index. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/** What is called with what; the model is named by the environment. */
export interface WarmCase {
  readonly message: keyof typeof MESSAGES;
  readonly byHand?: keyof typeof BY_HAND | undefined;
  /** Modules that export a `handler`, by name; `ours` is one of them. */
  readonly handlers: Readonly<Record<string, string>>;
  readonly warmUpMs: number;
  readonly rounds: number;
  /** Long enough that the clock and a single collection of garbage do not matter. */
  readonly sampleMs: number;
}

type Event = { readonly body: string };
type Handler = (
  event: Event,
  context: unknown,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

const MESSAGES = {
  iris: irisMessage,
  'tensor 100x784': () => arrayMessage('tensor', 100),
  'ndarray 100x784': () => arrayMessage('ndarray', 100),
  'tensor 700x784': () => arrayMessage('tensor', 700),
  'tensor 100x784, all digits': () => arrayMessage('tensor', 100, FEATURES, 20),
  'ndarray 100x784, all digits': () => arrayMessage('ndarray', 100, FEATURES, 20),
  'binData 1 MB': () => binaryMessage(1_000_000),
  'strData 10 kB': () => textMessage(10_000),
};
const BY_HAND: Readonly<Record<string, Handler>> = {
  scale: scaleByHand,
  classify: classifyByHand,
  bytes: bytesByHand,
};
report(await measure(JSON.parse(process.argv[2] as string) as WarmCase));

async function measure({
  message,
  byHand,
  handlers: urls,
  warmUpMs,
  rounds,
  sampleMs,
}: WarmCase): Promise<Samples> {
  const event = predictEvent(MESSAGES[message]());
  const handlers = await load(urls);
  await compare(handlers, event);
  handlers.floor = floor;
  if (byHand !== undefined) {
    handlers.byHand = BY_HAND[byHand] as Handler;
  }
  const calls = await warmUp(handlers, event, warmUpMs, sampleMs);
  const names = Object.keys(handlers);
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Each is first as often as the others.
    for (let place = 0; place < names.length; place++) {
      const name = names[(round + place) % names.length] as string;
      globalThis.gc?.();
      const count = calls[name] as number;
      samples[name]?.push((1000 * (await time(handlers[name] as Handler, event, count))) / count);
    }
  }
  return samples;
}

async function load(urls: WarmCase['handlers']): Promise<Record<string, Handler>> {
  const loaded = Object.entries(urls).map(async ([name, url]) => {
    const { handler } = (await import(url)) as { handler: Handler };
    return [name, handler] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}

/** @throws Error when they do not all give the same answer: then they do not do the same work. */
async function compare(handlers: Readonly<Record<string, Handler>>, event: Event): Promise<void> {
  let ours: unknown;
  for (const [name, handler] of Object.entries(handlers)) {
    const { statusCode, body } = await handler(copyOf(event), context);
    if (statusCode !== 200) {
      throw new Error(`${name} answered ${statusCode}: ${body.slice(0, 200)}`);
    }
    const answer: unknown = JSON.parse(body);
    ours ??= answer;
    if (!isDeepStrictEqual(answer, ours)) {
      throw new Error(`${name} answers otherwise: ${body.slice(0, 200)}`);
    }
  }
}

/** @returns how many calls of each handler a sample takes. */
async function warmUp(
  handlers: Readonly<Record<string, Handler>>,
  event: Event,
  ms: number,
  sampleMs: number,
): Promise<Record<string, number>> {
  const calls: Record<string, number> = {};
  const each = ms / Object.keys(handlers).length;
  for (const [name, handler] of Object.entries(handlers)) {
    let count = 1;
    for (const end = performance.now() + each; performance.now() < end; ) {
      const taken = await time(handler, event, count);
      count = Math.max(1, Math.round((count * sampleMs) / taken));
    }
    calls[name] = count;
  }
  return calls;
}

async function time(each: Handler, event: Event, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const { body } = await each(copyOf(event), context);
    // JSON.stringify leaves a long text in pieces. Whoever sends it has to put them together, so every
    // handler pays.
    body.charCodeAt(0);
  }
  return performance.now() - start;
}

/** Some change the event that they get, and Lambda gives each call its own. */
function copyOf(event: Event): Event {
  return { ...event };
}
