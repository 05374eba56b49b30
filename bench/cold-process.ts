import { context, irisMessage, predictEvent } from './events.ts';
import { report } from './report.ts';

/** Milliseconds of a process's first steps. */
export interface ColdTimes {
  readonly import: number;
  readonly firstCall: number;
  readonly secondCall: number;
}

type Handler = (
  event: unknown,
  context: unknown,
) => Promise<{ readonly statusCode: number; readonly body: string }>;

const [handlerUrl] = process.argv.slice(2) as [string];
const event = predictEvent(irisMessage());

// Not `performance`, the first use of which loads a part of node: whoever needs it shall pay for it.
const now = () => Number(process.hrtime.bigint()) / 1e6;

const start = now();
const { handler } = (await import(handlerUrl)) as { handler: Handler };
const imported = now();
const { statusCode, body } = await handler(event, context);
const called = now();
await handler(event, context);
const calledAgain = now();

if (statusCode !== 200) {
  throw new Error(`the handler answered ${statusCode}: ${body}`);
}
report({
  import: imported - start,
  firstCall: called - imported,
  secondCall: calledAgain - called,
} satisfies ColdTimes);
// A connection to a store may be open.
process.exit();
