import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** A function of serverless.yml, as it is run on this machine. */
export interface LocalFunction {
  /** The function's name on AWS. */
  readonly name: string;
  /** The module of the handler, an absolute path. */
  readonly module: string;
  readonly exportName: string;
  /** All environment variables of the function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Longest time of a call; Infinity for no limit. */
  readonly timeoutMs: number;
  /** In MB. It is told to the handler, and is not a limit here. */
  readonly memorySize: number;
}

/** A call that failed, as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  /** For the log: the stack, or else the message. */
  readonly trace: string;
}

/** The end of a call: the handler's result as JSON, or the error. */
export type Outcome = { readonly result: string } | { readonly error: FunctionError };

/** One instance of a function. It answers one event at a time. */
export interface Instance {
  /** False once the thread has ended, for whatever reason. */
  readonly isAlive: boolean;
  /** `event`: as JSON. Never rejects: the end of the thread is an error of the call, too. */
  invoke(event: string, clientContext?: unknown): Promise<Outcome>;
  /** Resolves when the thread has ended. */
  stop(): Promise<void>;
  /** The output of the function, if `isQuiet` is set. */
  output(): string;
}

/** Options of {@link startInstance}. */
export interface InstanceOptions {
  /** Called when the thread ends between two calls, by an error or by `process.exit()`. */
  readonly onIdleEnd?: (error: FunctionError) => void;
  /** Keeps what the function writes, and does not print it. Default: false. */
  readonly isQuiet?: boolean;
}

/** Lambda's limit for the import of a handler's module; it does not count as time of the call. */
const INIT_MS = 10_000;

type Message = { readonly kind: 'started' } | { readonly kind: 'ended'; readonly outcome: Outcome };

/**
 * Starts an instance. An error that nobody handles, and `process.exit()`, end this instance alone; a call
 * that is running then fails at once.
 */
export function startInstance(definition: LocalFunction, options: InstanceOptions = {}): Instance {
  const { module, exportName, environment, timeoutMs } = definition;
  const { onIdleEnd, isQuiet = false } = options;
  const { port1, port2 } = new MessageChannel();
  const thread = new Worker(new URL('./function-thread.js', import.meta.url), {
    workerData: { module, exportName, port: port2, isQuiet },
    transferList: [port2],
    env: environment,
    // Nothing of this process: it may have hooks that load TypeScript.
    execArgv: ['--enable-source-maps'],
    stdout: isQuiet,
    stderr: isQuiet,
  });
  let call: Call | undefined;
  let isAlive = true;
  let output = '';

  port1.on('message', read);
  thread.on('error', (thrown) => end(uncaught(thrown)));
  thread.on('exit', (code) => end(exited(code)));
  if (isQuiet) {
    for (const stream of [thread.stdout, thread.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
  }

  function read(message: Message): void {
    if (message.kind === 'started') {
      call?.limit(timeoutMs);
    } else {
      finish(message.outcome);
    }
  }

  function finish(outcome: Outcome): void {
    call?.limit(Number.POSITIVE_INFINITY);
    call?.settle(outcome);
    call = undefined;
  }

  function end(error: FunctionError): void {
    if (isAlive) {
      isAlive = false;
      thread.terminate();
      // An answer that was sent before the end counts.
      for (let last = receiveMessageOnPort(port1); last; last = receiveMessageOnPort(port1)) {
        read(last.message);
      }
      port1.close();
      if (call === undefined) {
        onIdleEnd?.(error);
      }
      finish({ error });
    }
  }

  return {
    get isAlive() {
      return isAlive;
    },
    invoke: (event, clientContext) =>
      new Promise((settle) => {
        call = { settle, limit: timer(() => end(timedOut(timeoutMs))) };
        call.limit(INIT_MS + timeoutMs);
        port1.postMessage({ event, context: { ...contextOf(definition), clientContext }, timeoutMs });
      }),
    async stop() {
      isAlive = false;
      await thread.terminate();
      port1.close();
    },
    output: () => output,
  };
}

interface Call {
  settle(outcome: Outcome): void;
  /** Sets the time that is left, in milliseconds. */
  limit(ms: number): void;
}

/** A timer that can be set again; Infinity stops it. */
function timer(over: () => void): (ms: number) => void {
  let running: NodeJS.Timeout | undefined;
  return (ms) => {
    clearTimeout(running);
    if (ms !== Number.POSITIVE_INFINITY) {
      running = setTimeout(over, ms);
    }
  };
}

/** The context of a call, without the remaining time. */
function contextOf({ name, memorySize }: LocalFunction) {
  return {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    memoryLimitInMB: `${memorySize}`,
  };
}

function uncaught(thrown: unknown): FunctionError {
  const error = thrown instanceof Error ? thrown : new Error(inspect(thrown));
  return { errorType: error.name, errorMessage: error.message, trace: error.stack ?? error.message };
}

function exited(code: number): FunctionError {
  const errorMessage = `Runtime exited with error: exit status ${code}`;
  return { errorType: 'Runtime.ExitError', errorMessage, trace: errorMessage };
}

function timedOut(timeoutMs: number): FunctionError {
  const errorMessage = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage, trace: errorMessage };
}
