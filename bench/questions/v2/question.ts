import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../../test/support/child.ts';
import { addedSize, FIRST_INFER } from '../../../test/support/code-size.ts';
import { firstAndLast } from '../../lib/nodes.ts';
import type { Aim, Bench, Question } from '../../lib/question.ts';
import { type Summary, spreadOf, summarize } from '../../lib/statistics.ts';
import { toTable } from '../../lib/table.ts';
import type { V2Case, V2Times } from './process.ts';

interface Case {
  readonly title: string;
  readonly model: 'Identity' | 'Head';
  readonly form: V2Case['form'];
  /** Undefined for a row that others are compared with. */
  readonly aim: number | undefined;
  readonly isBase64Alone?: boolean;
}

const CASES: readonly Case[] = [
  {
    title: '100x784 FP32 in binary, 100x10 in binary',
    model: 'Head',
    form: { datatype: 'FP32', takes: 'binary', gives: 'binary' },
    aim: 0.04,
  },
  {
    title: '100x784 FP32, identity, in binary both ways',
    model: 'Identity',
    form: { datatype: 'FP32', takes: 'binary', gives: 'binary' },
    aim: 0.06,
  },
  {
    title: 'the base64 of the row above alone, decoded and encoded: its floor',
    model: 'Identity',
    form: { datatype: 'FP32', takes: 'binary', gives: 'binary' },
    isBase64Alone: true,
    aim: undefined,
  },
  {
    title: '100x784 FP64 as JSON, short digits, identity',
    model: 'Identity',
    form: { datatype: 'FP64', takes: 'json', gives: 'json' },
    aim: 0.65,
  },
  {
    title: '100x784 FP32 as JSON, short digits, identity',
    model: 'Identity',
    form: { datatype: 'FP32', takes: 'json', gives: 'json', isShort: true },
    aim: 0.65,
  },
  {
    title: '100x784 FP32 as JSON, as tritonclient prints it, identity',
    model: 'Identity',
    form: { datatype: 'FP32', takes: 'json', gives: 'json' },
    aim: 0.6,
  },
  {
    title: '100x784 FP32 in binary, answered as JSON, identity',
    model: 'Identity',
    form: { datatype: 'FP32', takes: 'binary', gives: 'json' },
    aim: 0.5,
  },
  {
    title: '100x784 INT64 as JSON, small values, identity',
    model: 'Identity',
    form: { datatype: 'INT64', takes: 'json', gives: 'json' },
    aim: 0.7,
  },
];

/** Microseconds of one flower above those of Seldon's protocol. */
const FLOWER_AIM = 15;
/** Milliseconds of the first call above that of Seldon's protocol. */
const FIRST_AIM = 1.5;
/** Kilobytes that the first call loads. */
const SIZE_AIM = 14;

/** One measurement, with its aim. */
export interface V2Row {
  readonly title: string;
  readonly unit: 'ratio' | 'us' | 'ms' | 'kB';
  readonly value: Summary;
  /** Undefined for a row that others are compared with. */
  readonly aim: number | undefined;
}

/** All measurements with one node. */
export interface V2Table {
  readonly node: string;
  readonly rows: readonly V2Row[];
}

/** The cost of the Open Inference Protocol, beside JSON.parse and JSON.stringify of the same numbers. */
export const v2: Question<readonly V2Table[]> = { measure, show, aims };

async function measure(bench: Bench): Promise<V2Table[]> {
  const tables: V2Table[] = [];
  const size = addedSize(bench.artifact.handlers, FIRST_INFER).minified / 1000;
  for (const [version, node] of firstAndLast(bench.nodes)) {
    const rows: V2Row[] = [];
    for (const { title, model, form, aim, isBase64Alone = false } of CASES) {
      const times = await timesOf(bench, node, { model, form, isBase64Alone, beside: 'floor' });
      rows.push({ title, unit: 'ratio', value: pairs(times, (ours, other) => ours / other), aim });
    }
    const form = { datatype: 'FP32', takes: 'json', gives: 'json', isFlower: true } as const;
    const times = await timesOf(bench, node, { model: 'Identity', form, beside: 'seldon' });
    const value = pairs(times, (ours, other) => ours - other);
    rows.push({ title: "one flower, above Seldon's protocol", unit: 'us', value, aim: FLOWER_AIM });
    rows.push({
      ...{ title: "first call, above that of Seldon's protocol", unit: 'ms', aim: FIRST_AIM },
      value: await firstCalls(bench, node),
    });
    rows.push({ title: 'code that it loads', unit: 'kB', value: summarize([size]), aim: SIZE_AIM });
    tables.push({ node: version, rows });
  }
  return tables;
}

function pairs(all: readonly V2Times[], combine: (ours: number, other: number) => number): Summary {
  return summarize(
    all.flatMap(({ ours, other }) => ours.map((value, index) => combine(value, other[index] as number))),
  );
}

async function timesOf(
  { artifact: { folder }, isQuick }: Bench,
  node: string,
  { model, ...asked }: Pick<V2Case, 'form' | 'beside' | 'isBase64Alone'> & Pick<Case, 'model'>,
): Promise<V2Times[]> {
  const effort = isQuick
    ? { warmUpMs: 300, rounds: 2, sampleMs: 5 }
    : { warmUpMs: 3000, rounds: 20, sampleMs: 30 };
  const predict = pathToFileURL(join(folder, 'handlers/predict.mjs')).href;
  const times: V2Times[] = [];
  for (let round = 0; round < (isQuick ? 1 : 3); round++) {
    times.push(
      await runChild<V2Times>(join(folder, 'bench/v2.mjs'), {
        node,
        flags: ['--expose-gc'],
        args: [JSON.stringify({ predict, ...asked, ...effort } satisfies V2Case)],
        environment: environmentOf(model),
      }),
    );
  }
  return times;
}

/** The first calls of processes of their own, in turns. */
async function firstCalls({ artifact: { folder }, isQuick }: Bench, node: string): Promise<Summary> {
  const predict = pathToFileURL(join(folder, 'handlers/predict.mjs')).href;
  const differences: number[] = [];
  for (let round = 0; round < (isQuick ? 2 : 40); round++) {
    const times = { seldon: 0, v2: 0 };
    const order = ['seldon', 'v2'] as const;
    for (const protocol of round % 2 === 0 ? order : order.toReversed()) {
      const { milliseconds } = await runChild<{ milliseconds: number }>(join(folder, 'bench/v2-first.mjs'), {
        node,
        args: [predict, protocol],
        environment: environmentOf('Identity'),
      });
      times[protocol] = milliseconds;
    }
    differences.push(times.v2 - times.seldon);
  }
  return summarize(differences);
}

function environmentOf(model: string): Record<string, string> {
  return { MODEL_NAME: model, MODEL_METADATA: '{"name":"bench"}', SELDON_LOG_LEVEL: 'ERROR' };
}

function show(tables: readonly V2Table[]): string {
  return [
    'The Open Inference Protocol; medians of CPU time, in turns in one process. Ratios are to JSON.parse and JSON.stringify of',
    'the same numbers as a V2 request. The first call is that of a new process, its time by the clock.',
    ...tables.flatMap(({ node, rows }) => [
      '',
      toTable([
        [`node ${node}`, 'median', 'p25-p75', 'aim'],
        ...rows.map(({ title, unit, value, aim }) => [
          title,
          format(value.median, unit),
          `${format(value.p25, unit)}-${format(value.p75, unit)}`,
          aim === undefined ? '' : `<= ${aim}`,
        ]),
      ]),
    ]),
  ].join('\n');
}

function format(value: number, unit: V2Row['unit']): string {
  return unit === 'ratio' ? value.toFixed(3) : `${value.toFixed(1)} ${unit}`;
}

function aims(tables: readonly V2Table[]): Aim[] {
  return tables.flatMap(({ node, rows }) =>
    rows.flatMap(({ title, value, aim }) =>
      aim === undefined
        ? []
        : [
            {
              title: `v2, node ${node}: ${title}`,
              value: value.median,
              spread: spreadOf(value),
              limit: aim,
            },
          ],
    ),
  );
}
