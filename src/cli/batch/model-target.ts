import { join } from 'node:path';
import { type Refused, refusalOf, type Target } from '../../batch/target.ts';
import { UserError } from '../../bundle/user-error.ts';
import { readFailure } from '../../client/failure.ts';
import { retryAfterMs } from '../../client/retry.ts';
import { parseJson } from '../../runtime/parse-json.ts';
import { type ModelThread, startModelThread, type ThreadAnswer, ThreadEnded } from './model-thread.ts';

/** A model to be called in this process. */
export interface ModelOptions {
  readonly name: string;
  /** The folder of its bundle. */
  readonly folder: string;
  /** Of the method. */
  readonly path: string;
  /** Of the model's own description. */
  readonly metadataPath: string;
  readonly threads: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly onOutput: (text: string) => void;
}

/** A thread, which may have ended, and the requests that it has. */
interface Place {
  waiting: number;
  thread: Promise<ModelThread> | undefined;
}

/** Each thread has one request more than it works at, so that it need not wait for this one. */
const REQUESTS_OF_A_THREAD = 2;

/**
 * A model that is called in threads of this process, by the code that answers on AWS. A thread that the model
 * ends is replaced.
 *
 * @throws Error when its code cannot be loaded. @throws UserError when the model cannot.
 */
export async function openModel(options: ModelOptions): Promise<Target> {
  const { name, folder, path, metadataPath, threads: count, environment, onOutput } = options;
  const places: Place[] = Array.from({ length: count }, () => ({ waiting: 0, thread: undefined }));
  const threadAt = (place: Place): Promise<ModelThread> => {
    place.thread ??= startModelThread({
      module: join(folder, 'handlers/all.mjs'),
      environment,
      onOutput,
      onEnd: () => {
        place.thread = undefined;
      },
    });
    return place.thread;
  };
  const close = async () => {
    await Promise.all(places.map(async ({ thread }) => (await thread)?.stop()));
  };
  await Promise.all(places.map(threadAt));
  // All load the model at once.
  const described = places.map(async (place) => describe(name, await threadAt(place), metadataPath));
  const [description] = await Promise.all(described).catch(async (error) => {
    await close();
    throw error;
  });

  return {
    name,
    firstRequests: REQUESTS_OF_A_THREAD * count,
    maxRequests: REQUESTS_OF_A_THREAD * count,
    async send({ body, headers }, signal) {
      signal.throwIfAborted();
      const place = places.reduce((freest, each) => (each.waiting < freest.waiting ? each : freest));
      place.waiting++;
      try {
        const answer = await (await threadAt(place)).send({ method: 'POST', path, body, headers });
        const { status, text, tail } = answer;
        return status < 300 ? { isAnswered: true, text, tail } : toRefused(answer);
      } catch (error) {
        return ended(error as Error);
      } finally {
        place.waiting--;
      }
    },
    metadata: async () => description,
    close,
  };
}

/**
 * Asks a model for its own description, for which it has to be loaded; undefined when it has none that is
 * right. One that cannot be loaded would fail each line with the same words.
 */
async function describe(name: string, thread: ModelThread, path: string): Promise<unknown> {
  const refuse = (why: string) => new UserError(`the model ${name} cannot be loaded: ${why}`);
  const answer = await thread.send({ method: 'GET', path, headers: {} }).catch((error: Error) => {
    throw refuse(error.message);
  });
  if (answer.status < 300) {
    return parseJson(answer.text);
  }
  const { reason, words } = readRefusal(answer);
  if (reason !== 'MICROSERVICE_BAD_METADATA') {
    throw refuse(words);
  }
  return undefined;
}

function readRefusal({ text }: ThreadAnswer) {
  const { reason, info } = readFailure(parseJson(text));
  return {
    reason: typeof reason === 'string' ? reason : undefined,
    words: typeof info === 'string' ? info : JSON.stringify(info ?? text.slice(0, 500)),
  };
}

function toRefused(answer: ThreadAnswer): Refused {
  const { status, headers } = answer;
  const { reason: name, words } = readRefusal(answer);
  return {
    isAnswered: false,
    ...refusalOf(status, name),
    reason: `${[status, name].filter(Boolean).join(' ')}: ${words}`,
    mayPass: status === 503,
    retryAfterMs: retryAfterMs(new Headers(headers)),
  };
}

/**
 * The thread has ended before its answer. If it had another request, that may be what the model has ended it
 * for: as when a host throttles, they are sent again, and fewer at once, until each is alone.
 */
function ended(error: Error): Refused {
  return {
    isAnswered: false,
    ...refusalOf(500, undefined),
    kind: 'the model ended',
    reason: error.message,
    mayPass: true,
    isThrottled: error instanceof ThreadEnded && error.requests > 1,
    retryAfterMs: undefined,
  };
}
