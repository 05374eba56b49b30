import { context, irisMessage, predictEvent } from './events.ts';

/** Milliseconds of a process's first steps. */
export interface ColdTimes {
  readonly import: number;
  readonly firstCall: number;
  readonly secondCall: number;
}

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number }>;

const [handlerUrl, ...alreadyImported] = process.argv.slice(2) as [string, ...string[]];
for (const url of alreadyImported) await import(url);
const event = predictEvent(irisMessage());

const start = performance.now();
const { handler } = (await import(handlerUrl)) as { handler: Handler };
const imported = performance.now();
const { statusCode } = await handler(event, context);
const called = performance.now();
await handler(event, context);
const calledAgain = performance.now();

if (statusCode !== 200) throw new Error(`the handler answered ${statusCode}`);
const times: ColdTimes = {
  import: imported - start,
  firstCall: called - imported,
  secondCall: calledAgain - called,
};
console.log(JSON.stringify(times));
