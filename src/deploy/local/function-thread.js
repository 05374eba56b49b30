// @ts-check
// An instance of a function, as a thread: imports the handler, and answers one event after the other. The
// event and the result are JSON, as on Lambda.
import fs from 'node:fs';
import { workerData } from 'node:worker_threads';

/** @typedef {import('node:worker_threads').MessagePort} MessagePort */

/** @type {{ module: string, exportName: string, port: MessagePort, isQuiet: boolean }} */
const { module, exportName, port, isQuiet } = workerData;
if (isQuiet) {
  // The log writes to the descriptor itself, past the stream that this process keeps.
  const { writeSync } = fs;
  Reflect.set(fs, 'writeSync', (/** @type {number} */ file, /** @type {Uint8Array} */ bytes, ...more) => {
    if (file !== 1 && file !== 2) {
      return Reflect.apply(writeSync, fs, [file, bytes, ...more]);
    }
    process.stdout.write(bytes.subarray(more[0]));
    return bytes.length - (more[0] ?? 0);
  });
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
