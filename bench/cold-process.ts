import { context, irisMessage, predictEvent } from './events.ts';

/** Milliseconds of a process's first steps. */
export interface ColdTimes {
  readonly import: number;
  /** Of the model's file, where it is imported before the first call and not by it; else 0. */
  readonly model: number;
  readonly firstCall: number;
  readonly secondCall: number;
}

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number }>;

const [handlerUrl, modelUrl] = process.argv.slice(2) as [string, string?];
const event = predictEvent(irisMessage());

const start = performance.now();
const { handler } = (await import(handlerUrl)) as { handler: Handler };
const imported = performance.now();
if (modelUrl !== undefined) await import(modelUrl);
const prepared = performance.now();
const { statusCode } = await handler(event, context);
const called = performance.now();
await handler(event, context);
const calledAgain = performance.now();

if (statusCode !== 200) throw new Error(`the handler answered ${statusCode}`);
const times: ColdTimes = {
  import: imported - start,
  model: prepared - imported,
  firstCall: called - prepared,
  secondCall: calledAgain - called,
};
console.log(JSON.stringify(times));
