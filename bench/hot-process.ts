import { handler as bare, classifyByHand, scaleByHand } from './bare.ts';
import { context, irisMessage, ndarrayMessage, predictEvent, tensorMessage } from './events.ts';

/** Microseconds per call by the name of the handler; the samples of a round stand at the same index. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/** What is called with what; the model is named by the environment. */
export interface HotCase {
  readonly message: keyof typeof MESSAGES;
  readonly byHand?: keyof typeof BY_HAND;
}

type Handler = (
  event: { readonly body: string },
  context: unknown,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

const MESSAGES = {
  iris: irisMessage,
  'tensor 100x784': () => tensorMessage(100),
  'ndarray 100x784': () => ndarrayMessage(100),
  'tensor 700x784': () => tensorMessage(700),
};
const BY_HAND = { scale: scaleByHand, classify: classifyByHand };

const WARM_UP_MS = 1500;
/** Long enough that the clock and a single collection of garbage do not matter. */
const SAMPLE_MS = 20;
const ROUNDS = 25;

const [handlerUrl, caseText] = process.argv.slice(2) as [string, string];
const { handler } = (await import(handlerUrl)) as { handler: Handler };
console.log(JSON.stringify(await measure(JSON.parse(caseText) as HotCase)));

async function measure({ message, byHand }: HotCase): Promise<Samples> {
  const event = predictEvent(MESSAGES[message]());
  const handlers: Record<string, Handler> = { handler, bare };
  if (byHand !== undefined) handlers.byHand = BY_HAND[byHand];
  const rate = await warmUp(handlers, event);
  const calls = Math.max(1, Math.round(SAMPLE_MS * rate));
  const samples: Record<string, number[]> = Object.fromEntries(
    Object.keys(handlers).map((name) => [name, []]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    // Every other round the other way about: none of them is always the first.
    const order = round % 2 === 0 ? Object.entries(handlers) : Object.entries(handlers).reverse();
    for (const [name, each] of order) {
      globalThis.gc?.();
      samples[name]?.push((1000 * (await time(each, event, calls))) / calls);
    }
  }
  return samples;
}

/** @returns calls per millisecond of the bare handler. */
async function warmUp(handlers: Record<string, Handler>, event: { readonly body: string }): Promise<number> {
  for (const [name, each] of Object.entries(handlers)) {
    const { statusCode } = await each(event, context);
    if (statusCode !== 200) throw new Error(`${name} answered ${statusCode}`);
  }
  let rate = 1;
  const end = performance.now() + WARM_UP_MS;
  while (performance.now() < end) {
    for (const each of Object.values(handlers)) await time(each, event, Math.ceil(rate));
    rate = Math.ceil(rate) / (await time(bare, event, Math.ceil(rate)));
  }
  return rate;
}

async function time(each: Handler, event: { readonly body: string }, calls: number): Promise<number> {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const { body } = await each(event, context);
    // JSON.stringify leaves a long text in pieces. Whoever sends it has to put them together, so every handler pays.
    body.charCodeAt(0);
  }
  return performance.now() - start;
}
