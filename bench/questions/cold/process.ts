import {
  context,
  irisMessage,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';

/** Durations of a process's first steps, milliseconds. */
export interface ColdTimes {
  readonly import: number;
  readonly firstCall: number;
  readonly secondCall: number;
}

const [handlerUrl, path] = process.argv.slice(2) as [string, string];
const event = predictEvent(irisMessage(), path);

// The first use of `performance` loads a part of node, which the handler that uses it has to pay for.
const now = () => Number(process.hrtime.bigint()) / 1e6;

const start = now();
const { handler } = (await import(handlerUrl)) as { handler: PredictHandler };
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
// An open connection to a store would keep the process alive.
process.exit();
