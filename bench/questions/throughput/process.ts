import { setTimeout } from 'node:timers/promises';
import {
  context,
  irisMessage,
  type PredictEvent,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { collectGarbage } from '../../lib/collect-garbage.ts';
import { arrayMessage } from '../../lib/messages.ts';

/** Which message is sent, and how many calls run at once. */
export interface ThroughputCase {
  readonly url: string;
  readonly concurrency: number;
  readonly message: 'iris' | 'tensor 100x784';
  readonly rounds: number;
}

/** A batch of calls that begin at once; milliseconds. */
export interface Batch {
  /** From the first call to the last answer. */
  readonly wall: number;
  /** CPU time of the process, meanwhile. */
  readonly cpu: number;
}

/** The batches of each handler; those of a round stand at the same index. */
export interface Batches {
  readonly floor: readonly Batch[];
  readonly ours: readonly Batch[];
}

const { url, concurrency, message, rounds } = JSON.parse(process.argv[2] as string) as ThroughputCase;
const { handler: ours } = (await import(url)) as { handler: PredictHandler };
const event = predictEvent(message === 'iris' ? irisMessage() : arrayMessage('tensor', 100));
const batches: Record<'floor' | 'ours', Batch[]> = { floor: [], ours: [] };
for (let round = -rounds; round < rounds; round++) {
  const order = round % 2 === 0 ? (['floor', 'ours'] as const) : (['ours', 'floor'] as const);
  for (const name of order) {
    const sample = () => run(name === 'ours' ? ours : waitByHand);
    await collectGarbage(sample, event.body.length);
    const batch = await sample();
    if (round >= 0) {
      batches[name].push(batch);
    }
  }
}
report(batches satisfies Batches);

async function run(handler: PredictHandler): Promise<Batch> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: concurrency }, () => handler(event, context)));
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  for (const { statusCode, body } of answers) {
    if (statusCode !== 200) {
      throw new Error(`answered ${statusCode}: ${body.slice(0, 200)}`);
    }
  }
  return { wall, cpu: (user + system) / 1000 };
}

/** Does by hand what the model Waits does. */
async function waitByHand({ body }: PredictEvent) {
  const message: unknown = JSON.parse(body);
  await setTimeout(Number(process.env.WAIT_MS));
  const headers = { 'content-type': 'application/json' };
  return { statusCode: 200, headers, body: JSON.stringify(message) };
}
