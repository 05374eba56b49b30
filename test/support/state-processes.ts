import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiGatewayV2, readResult, type TestRequest } from './events.ts';
import { startInstance, unpackModels } from './lambda-instance.ts';

/** Asks for the count of the model `Counter`. */
export const ROUTE: TestRequest = { method: 'POST', path: '/route', body: '{"data":{"ndarray":[1]}}' };

/** A function's answer over HTTP. */
export type Answer = ReturnType<typeof readResult>;

/** A packaged model, unpacked where nothing else is. */
export interface Task {
  readonly folder: string;
  /** Starts instances of a function, with this environment and Lambda's own; all of them at once. */
  start(name: string, environment: Readonly<Record<string, string>>, count: number): Promise<Fleet>;
  /** Ends every instance and removes the files. */
  close(): Promise<void>;
}

/** Instances of one function, each a process that takes one event at a time. */
export interface Fleet {
  /**
   * Sends a request to instance `index`; undefined: it was killed before it answered. Throws when it ended by
   * itself.
   */
  send(request: TestRequest, index: number): Promise<Answer | undefined>;
  /** Kills instance `index` wherever it is, and starts another in its place. */
  kill(index: number): Promise<void>;
  /** The output of all instances, also of those that were killed. */
  output(): string;
  close(): Promise<void>;
}

interface Sender {
  send(request: TestRequest): Promise<Answer | undefined>;
  output(): string;
  kill(): Promise<unknown>;
}

/** Packages a model, alone, and unpacks the zip. */
export async function packageTask(name: string, file: string): Promise<Task> {
  const folder = mkdtempSync(join(tmpdir(), 'seldon-task-'));
  const task = await unpackModels(folder, { [name]: file });
  const fleets: Fleet[] = [];
  return {
    folder: task,
    async start(name, environment, count) {
      const fleet = await startFleet(() => startSender(task, name, environment), count);
      fleets.push(fleet);
      return fleet;
    },
    async close() {
      await Promise.all(fleets.map((fleet) => fleet.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The count that a new instance reads from the store. */
export async function countOf(task: Task, environment: Readonly<Record<string, string>>): Promise<number> {
  const fleet = await task.start('route', environment, 1);
  try {
    return countIn(await fleet.send(ROUTE, 0));
  } finally {
    await fleet.close();
  }
}

/** The count that {@link ROUTE} was answered with. */
export function countIn(answer: Answer | undefined): number {
  if (answer?.status !== 200) {
    throw new Error(`/route answered ${answer?.status}: ${answer?.body}`);
  }
  return JSON.parse(answer.body as string).data.ndarray[0][0];
}

async function startFleet(start: () => Promise<Sender>, count: number): Promise<Fleet> {
  const instances = await Promise.all(Array.from({ length: count }, start));
  const all = [...instances];
  const at = (index: number) => instances[index % count] as Sender;
  return {
    send: (request, index) => at(index).send(request),
    async kill(index) {
      const killed = at(index).kill();
      const next = await start();
      instances[index % count] = next;
      all.push(next);
      await killed;
    },
    output: () => all.map((instance) => instance.output()).join('\n'),
    async close() {
      await Promise.all(instances.map((instance) => instance.kill()));
    },
  };
}

async function startSender(
  task: string,
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Sender> {
  const instance = await startInstance(task, name, environment);
  let isKilled = false;
  return {
    async send(request) {
      const outcome = await instance.invoke(apiGatewayV2(request));
      if (!('error' in outcome)) {
        return readResult(outcome.result);
      }
      if (isKilled) {
        return undefined;
      }
      throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
    },
    output: () => instance.output(),
    kill() {
      isKilled = true;
      return instance.kill();
    },
  };
}
