'use strict';

// Runs commands of serverless, or of a program that starts it, one after the other in one process: a process of
// its own for each command would spend five seconds on loading and compiling, and then work for a fifth of a
// second. `{cwd, program, argv, env}` comes in as a message, `{code, text}` goes back.

const { existsSync } = require('node:fs');
const { register } = require('node:module');
const { resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

register(pathToFileURL(`${__dirname}/load-once.mjs`));

/**
 * All packages but what keeps something of a command: esbuild its folder, and parts of serverless its
 * arguments, the values of its variables and the warnings. These are loaded anew for each command.
 */
const SHARED =
  /\/node_modules\/(?!esbuild\/|serverless\/(?:bin|scripts|lib\/(?:cli|configuration|utils\/log-deprecation))\b)/;
/**
 * Events that serverless handles, each signal among them; its handlers stay when a command has ended. More
 * than ten of one event would have Node print a warning among what a command prints.
 */
const HANDLED = /^(?:uncaughtException|exit|SIG.*)$/;

let text = '';
let isRunning = false;
let commands = 0;

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk, ...others) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    others.find((other) => typeof other === 'function')?.();
    return true;
  };
}

process.on('message', async ({ cwd, program, argv, env }) => {
  text = '';
  for (const name of Object.keys(process.env)) {
    delete process.env[name];
  }
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  const command = program ? resolve(cwd, program) : require.resolve(`${cwd}/node_modules/.bin/serverless`);
  process.argv = [process.execPath, command, ...argv];
  for (const path of Object.keys(require.cache)) {
    if (!SHARED.test(path)) {
      delete require.cache[path];
    }
  }
  // By an import, to which the hooks apply; serverless will require it. An installed package needs no hooks.
  const plugin = `${cwd}/src/deploy/plugin.js`;
  if (existsSync(plugin)) {
    await import(pathToFileURL(plugin));
  }
  // serverless sees by this that it was started already.
  delete EvalError.$serverlessCommandStartTime;
  // The process has something to do until the command has ended, and then `beforeExit` comes.
  isRunning = true;
  process.channel.unref();
  if (program) {
    // Its own module is run anew; what it imports is kept.
    commands++;
    await import(`${pathToFileURL(command)}?${commands}`);
  } else {
    require(command);
  }
});

process.on('beforeExit', (code) => {
  if (isRunning && process.connected) {
    isRunning = false;
    for (const event of process.eventNames()) {
      if (HANDLED.test(String(event))) {
        process.removeAllListeners(event);
      }
    }
    process.channel.ref();
    process.send({ code, text });
  }
});
