'use strict';

// Runs commands of serverless one after the other in one process: a process of its own for each command would
// spend half of its two seconds on loading modules. `{cwd, argv, env}` comes in as a message, `{code, text}`
// goes back.

/** Modules that keep nothing of a command and take long to load. All others are loaded anew for each command. */
const SHARED =
  /node_modules\/(?:tsx|esbuild|undici|ajv|ajv-formats|yaml|zod)\/|\/config-schema-handler\/resolve-ajv-validate\.js$/;
/** Events that serverless handles; its handlers stay when a command has ended. */
const HANDLED = ['uncaughtException', 'exit', 'SIGHUP', 'SIGINT', 'SIGTERM'];

let text = '';
let isRunning = false;

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk, ...others) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    others.find((other) => typeof other === 'function')?.();
    return true;
  };
}

process.on('message', ({ cwd, argv, env }) => {
  text = '';
  isRunning = true;
  for (const name of Object.keys(process.env)) {
    delete process.env[name];
  }
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  const command = require.resolve(`${cwd}/node_modules/.bin/serverless`);
  process.argv = [process.execPath, command, ...argv];
  for (const path of Object.keys(require.cache)) {
    if (!SHARED.test(path)) {
      delete require.cache[path];
    }
  }
  // serverless sees by this that it was started already.
  delete EvalError.$serverlessCommandStartTime;
  // The process has something to do until the command has ended, and then `beforeExit` comes.
  process.channel.unref();
  require(command);
});

process.on('beforeExit', (code) => {
  if (isRunning && process.connected) {
    isRunning = false;
    for (const event of HANDLED) {
      process.removeAllListeners(event);
    }
    process.channel.ref();
    process.send({ code, text });
  }
});
