// @ts-check
// An instance of a function, as a thread: imports the handler, and answers one event after the other. The
// event and the result are JSON, as on Lambda.
import { workerData } from 'node:worker_threads';
import { logToStream } from './log-to-stream.js';

/** @typedef {import('node:worker_threads').MessagePort} MessagePort */

/** @type {{ module: string, exportName: string, port: MessagePort, isQuiet: boolean }} */
const { module, exportName, port, isQuiet } = workerData;
if (isQuiet) {
  logToStream();
}
const { [exportName]: handler } = await import(module);

port.on('message', async ({ event, context, timeoutMs }) => {
  const deadline = performance.now() + timeoutMs;
  port.postMessage({ kind: 'started' });
  const getRemainingTimeInMillis = () => Math.max(0, Math.floor(deadline - performance.now()));
  port.postMessage({
    kind: 'ended',
    outcome: await run(JSON.parse(event), { ...context, getRemainingTimeInMillis }),
  });
});

/**
 * @param {unknown} event
 * @param {object} context
 * @returns {Promise<import('./instance.ts').Outcome>}
 */
async function run(event, context) {
  try {
    return { result: JSON.stringify((await handler(event, context)) ?? null) };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { error: { errorType: error.name, errorMessage: error.message, trace: error.stack ?? '' } };
  }
}
