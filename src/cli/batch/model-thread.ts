import { Worker } from 'node:worker_threads';

/** A request to a model in a thread. */
export interface ThreadRequest {
  readonly id: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON, behind which there may be the bytes of tensors. */
  readonly body?: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** Its answer, of any status. */
export interface ThreadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The bytes behind the JSON. */
  readonly tail?: Uint8Array | undefined;
}

/** The thread has ended before its answer. */
export class ThreadEnded extends Error {
  /** The requests that it had. One of them may be the reason. */
  readonly requests: number;

  constructor(message: string, requests: number) {
    super(message);
    this.requests = requests;
  }
}

/** A model in a thread of its own. */
export interface ModelThread {
  /** Rejects with ThreadEnded when the thread ends before it has answered. */
  send(request: Omit<ThreadRequest, 'id'>): Promise<ThreadAnswer>;
  stop(): Promise<void>;
}

/** How a thread is started. */
export interface ThreadOptions {
  /** Of the handler: an absolute path. */
  readonly module: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Gets what the model writes and logs. */
  readonly onOutput: (text: string) => void;
  /** Called when it has ended by itself, as by `process.exit()`. */
  readonly onEnd: () => void;
}

interface Waiting {
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a thread. Rejects when its code cannot be loaded. */
export function startModelThread(options: ThreadOptions): Promise<ModelThread> {
  const { module, environment, onOutput, onEnd } = options;
  const worker = new Worker(new URL('./model-worker.js', import.meta.url), {
    workerData: { module },
    env: environment,
    // Nothing of this process: it may have hooks that load TypeScript.
    execArgv: ['--enable-source-maps'],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', onOutput);
  }
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let isStopped = false;
  return new Promise((started, refused) => {
    const end = (error: Error) => {
      refused(error);
      const ended = new ThreadEnded(error.message, waiting.size);
      for (const each of waiting.values()) {
        each.reject(ended);
      }
      waiting.clear();
    };
    worker.on('error', end);
    worker.on('exit', (code) => {
      end(new Error(`the model has ended its thread, with exit code ${code}`));
      if (!isStopped) {
        onEnd();
      }
    });
    worker.on('message', (message: 'ready' | (ThreadAnswer & { readonly id: number })) => {
      if (message === 'ready') {
        started(thread);
        return;
      }
      waiting.get(message.id)?.resolve(message);
      waiting.delete(message.id);
    });
    const thread: ModelThread = {
      send: (request) =>
        new Promise((resolve, reject) => {
          const id = last++;
          waiting.set(id, { resolve, reject });
          worker.postMessage({ id, ...request } satisfies ThreadRequest);
        }),
      async stop() {
        isStopped = true;
        await worker.terminate();
      },
    };
  });
}
