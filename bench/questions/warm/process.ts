import { isDeepStrictEqual } from 'node:util';
import {
  context,
  irisMessage,
  type PredictEvent,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { FEATURES } from '../../lib/arithmetic.ts';
import { bytesByHand, classifyByHand, embedByHand, scaleByHand, softmaxByHand } from '../../lib/by-hand.ts';
import { collectGarbage } from '../../lib/collect-garbage.ts';
import { handler as floor } from '../../lib/floor.ts';
import {
  allDigits,
  arrayMessage,
  binaryMessage,
  float32Pixel,
  tableMessage,
  textMessage,
} from '../../lib/messages.ts';

/** Microseconds per call by the name of the handler; the samples of a round stand at the same index. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/** Which handlers are called with which message. The environment names the model. */
export interface WarmCase {
  readonly message: keyof typeof MESSAGES;
  readonly byHand?: keyof typeof BY_HAND | undefined;
  /** URLs of modules that export a `handler`, by name; `ours` is one of them. */
  readonly handlers: Readonly<Record<string, string>>;
  readonly warmUpMs: number;
  readonly rounds: number;
  /** Duration of a sample: so long that neither the clock nor one garbage collection matters. */
  readonly sampleMs: number;
}

const MESSAGES = {
  iris: irisMessage,
  'tensor 100x784': () => arrayMessage('tensor', 100),
  'ndarray 100x784': () => arrayMessage('ndarray', 100),
  'tensor 700x784': () => arrayMessage('tensor', 700),
  'tensor 100x784, all digits': () => arrayMessage('tensor', 100, FEATURES, allDigits),
  'ndarray 100x784, all digits': () => arrayMessage('ndarray', 100, FEATURES, allDigits),
  'tensor 350x784, all digits': () => arrayMessage('tensor', 350, FEATURES, allDigits),
  'float32 image': () => arrayMessage('ndarray', 100, FEATURES, float32Pixel),
  'float64 table': () => tableMessage(2000, false),
  'table with text': () => tableMessage(2000, true),
  scores: () => arrayMessage('ndarray', 5000, 10, (value) => 8 * value - 4),
  texts: () => arrayMessage('ndarray', 100, 1),
  'binData 1 MB': () => binaryMessage(1_000_000),
  'strData 10 kB': () => textMessage(10_000),
};
const BY_HAND: Readonly<Record<string, PredictHandler>> = {
  scale: scaleByHand,
  classify: classifyByHand,
  bytes: bytesByHand,
  softmax: softmaxByHand,
  embed: embedByHand,
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
    handlers.byHand = BY_HAND[byHand] as PredictHandler;
  }
  const calls = await warmUp(handlers, event, warmUpMs, sampleMs);
  const names = Object.keys(handlers);
  const samples: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Each is first as often as the others.
    for (let place = 0; place < names.length; place++) {
      const name = names[(round + place) % names.length] as string;
      const count = calls[name] as number;
      const sample = () => time(handlers[name] as PredictHandler, event, count);
      await collectGarbage(sample, event.body.length);
      samples[name]?.push((1000 * (await sample())) / count);
    }
  }
  return samples;
}

async function load(urls: WarmCase['handlers']): Promise<Record<string, PredictHandler>> {
  const loaded = Object.entries(urls).map(async ([name, url]) => {
    const { handler } = (await import(url)) as { handler: PredictHandler };
    return [name, handler] as const;
  });
  return Object.fromEntries(await Promise.all(loaded));
}

/** @throws Error when the answers differ, as then the handlers do not do the same work. */
async function compare(
  handlers: Readonly<Record<string, PredictHandler>>,
  event: PredictEvent,
): Promise<void> {
  let ours: unknown;
  for (const [name, handler] of Object.entries(handlers)) {
    const { statusCode, body } = await handler(copyOf(event), context);
    if (statusCode !== 200) {
      throw new Error(`${name} answered ${statusCode}: ${body.slice(0, 200)}`);
    }
    const answer: unknown = JSON.parse(body);
    ours ??= answer;
    if (!isDeepStrictEqual(answer, ours)) {
      throw new Error(`${name} gives another answer: ${body.slice(0, 200)}`);
    }
  }
}

/** @returns the number of calls of each handler that a sample takes. */
async function warmUp(
  handlers: Readonly<Record<string, PredictHandler>>,
  event: PredictEvent,
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

async function time(each: PredictHandler, event: PredictEvent, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const { body } = await each(copyOf(event), context);
    // JSON.stringify leaves a long text in pieces, which are joined when it is sent: every handler pays for
    // that.
    body.charCodeAt(0);
  }
  return performance.now() - start;
}

/** Lambda gives each call an event of its own, and some handlers change it. */
function copyOf(event: PredictEvent): PredictEvent {
  return { ...event };
}
