// @ts-check
// `npm start`: runs serverless-offline in this process, so that there is only one process to stop, and
// without its own messages.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(0));
}

// Some shells between npm and node do not pass signals on: the end of npm is a signal to stop, too.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(0), 250).unref();
}

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
process.env.SLS_LOG_LEVEL ??= 'warning';
process.argv.splice(2, 0, 'offline', 'start');
createRequire(import.meta.url)('serverless/bin/serverless.js');
