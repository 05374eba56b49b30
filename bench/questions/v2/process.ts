import {
  context,
  irisMessage,
  type PredictEvent,
  type PredictHandler,
  predictEvent,
} from '../../../test/support/predict-event.ts';
import { report } from '../../../test/support/report.ts';
import { collectGarbage } from '../../lib/collect-garbage.ts';
import { handler as floor } from '../../lib/floor.ts';
import { inferEvent, type V2Form } from './requests.ts';

/** What is measured in one process. */
export interface V2Case {
  /** URL of the module with the predict handler. */
  readonly predict: string;
  readonly form: V2Form;
  /** Whether, in place of the handler, the base64 of the event alone is decoded and encoded. */
  readonly isBase64Alone?: boolean;
  /** What the call is compared with: the floor, or the same model by Seldon's protocol. */
  readonly beside: 'floor' | 'seldon';
  readonly warmUpMs: number;
  readonly rounds: number;
  readonly sampleMs: number;
}

/** Microseconds of CPU per call; the samples of a round stand at the same index. */
export interface V2Times {
  readonly ours: readonly number[];
  readonly other: readonly number[];
}

report(await measure(JSON.parse(process.argv[2] as string) as V2Case));

async function measure({
  predict,
  form,
  isBase64Alone,
  beside,
  warmUpMs,
  rounds,
  sampleMs,
}: V2Case): Promise<V2Times> {
  const { handler } = (await import(predict)) as { handler: PredictHandler };
  const plain = predictEvent(irisMessage());
  const { event, floorEvent } = inferEvent(form, plain);
  const calls = {
    ours: isBase64Alone ? () => throughBase64(event) : () => handler({ ...event }, context),
    other: beside === 'floor' ? () => floor({ ...floorEvent }) : () => handler({ ...plain }, context),
  };
  const names = ['ours', 'other'] as const;
  const counts = { ours: 1, other: 1 };
  for (const name of names) {
    for (const end = performance.now() + warmUpMs / 2; performance.now() < end; ) {
      const taken = await time(calls[name], counts[name]);
      counts[name] = Math.max(1, Math.round((1000 * counts[name] * sampleMs) / taken));
    }
  }
  const samples = { ours: [] as number[], other: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = () => time(calls[name], counts[name]);
      await collectGarbage(sample, event.body.length);
      samples[name].push((await sample()) / counts[name]);
    }
  }
  return samples;
}

/** What no handler of an event with bytes can do without. */
async function throughBase64({ body }: PredictEvent) {
  return { statusCode: 200, body: Buffer.from(body, 'base64').toString('base64') };
}

/** The microseconds of CPU that calls take. */
async function time(call: () => ReturnType<PredictHandler>, count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index++) {
    const { statusCode, body } = await call();
    if (statusCode !== 200) {
      throw new Error(`answered ${statusCode}: ${body.slice(0, 200)}`);
    }
    // JSON.stringify leaves a long text in pieces, which are joined when it is sent.
    body.charCodeAt(0);
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
