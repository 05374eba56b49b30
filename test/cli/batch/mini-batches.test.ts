import { afterAll, describe, expect, test } from 'vitest';
import {
  batch,
  batchFiles,
  indexOf,
  linesOf,
  type SentMessage,
  sorted,
  sumHost,
} from '../../support/batch-run.ts';
import { closeHosts, host, hostOf } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

afterAll(() => {
  closeHosts();
  removeFolders();
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => 100 + index);
const linesFor = (values: readonly number[]) => values.map((value) => `[[${value},1]]\n`).join('');

test('lines are sent together, and the answer is split again', async () => {
  const values = numbers(25);
  const { input, output } = batchFiles(linesFor(values));
  const { url, received } = await sumHost();
  const { code } = await batch([input, output, '--url', url, '--batch-size', '10', '-u', 'b']);
  const sent = received.map(({ body }) => JSON.parse(body) as SentMessage);
  expect(sent.map(({ data }) => data?.ndarray?.length).sort()).toEqual([10, 10, 5]);
  expect(sent.map(({ meta }) => meta?.tags)).toEqual(Array(3).fill({ batch_id: 'b' }));
  const lines = sorted(linesOf(output));
  expect(lines.map(({ data }) => data?.ndarray)).toEqual(values.map((value) => [[value + 1]]));
  expect(lines.map(({ data }) => data?.names)).toEqual(values.map(() => ['sum']));
  expect(lines.map(({ meta }) => meta.tags)).toEqual(
    values.map((_, index) => ({
      model: 'sum',
      batch_id: 'b',
      batch_instance_id: expect.any(String),
      batch_index: index,
    })),
  );
  expect(new Set(lines.map(({ meta }) => meta.tags?.batch_instance_id)).size).toBe(25);
  expect(received[0]?.headers['seldon-puid']).toBe(
    lines.find(({ data }) => data?.ndarray?.[0]?.toString() === `${sum(sent[0])}`)?.meta.tags
      ?.batch_instance_id,
  );
  expect(code).toBe(0);
});

function sum(message: SentMessage | undefined): number {
  return (message?.data?.ndarray?.[0] ?? []).reduce((total, value) => total + value, 0);
}

test('a line that is refused fails alone, for few requests', async () => {
  const values = numbers(64).map((value) => (value === 130 ? 13 : value));
  const { input, output } = batchFiles(linesFor(values));
  const { url, received } = await sumHost();
  const { code } = await batch([input, output, '--url', url, '--batch-size', '64']);
  const lines = sorted(linesOf(output));
  expect(lines.map(({ data, status }) => data?.ndarray ?? status?.reason)).toEqual(
    values.map((value) => (value === 13 ? '400 UNLUCKY: there is a 13' : [[value + 1]])),
  );
  // Two for each half, down to the line.
  expect(received.length).toBe(13);
  expect(code).toBe(1);
});

describe.concurrent('lines', () => {
  const requests = async (contents: string, ...args: readonly string[]) => {
    const { input, output } = batchFiles(contents);
    const { url, received } = await sumHost();
    await batch([input, output, '--url', url, '--batch-size', '10', '--workers', '1', ...args]);
    const messages = received.map(({ body }) => JSON.parse(body));
    return { messages, lines: sorted(linesOf(output)) };
  };

  test('of several rows get all of their rows', async () => {
    const { messages, lines } = await requests('[[1],[2]]\n[[3]]\n[[4],[5],[6]]\n');
    expect(messages).toHaveLength(1);
    expect(lines.map(({ data }) => data?.ndarray)).toEqual([[[1], [2]], [[3]], [[4], [5], [6]]]);
  });

  test('of another number of columns, or other types, are not sent together', async () => {
    const { messages } = await requests(
      '[[1,2]]\n[[1]]\n[["a",2]]\n[[3,4]]\n[["b",5]]\n[[null,5]]\n[[[1],[2]]]\n',
    );
    expect(messages.map(({ data }) => data.ndarray)).toEqual(
      expect.arrayContaining([
        [
          [1, 2],
          [3, 4],
        ],
        [[1]],
        [
          ['a', 2],
          ['b', 5],
        ],
        [[null, 5]],
        [[[1], [2]]],
      ]),
    );
  });

  test('of one axis, and with integers that others would round, are sent alone', async () => {
    const { messages } = await requests('[1]\n[2]\n[[9007199254740993]]\n[[1.5]]\n');
    expect(messages).toHaveLength(4);
  });

  test('that are raw are sent together if they differ in their rows and tags only', async () => {
    const line = (row: number, name: string, tags: object, meta = {}) =>
      `${JSON.stringify({ data: { names: [name], ndarray: [[row]] }, meta: { ...meta, tags } })}\n`;
    const { messages, lines } = await requests(
      [
        line(1, 'x', { a: 1 }),
        line(2, 'x', { a: 2, model: 'mine' }),
        line(3, 'y', {}),
        line(4, 'x', {}, { puid: 'p' }),
      ].join(''),
      '-a',
      'raw',
    );
    expect(messages.map(({ data }) => data)).toEqual(
      expect.arrayContaining([
        { names: ['x'], ndarray: [[1], [2]] },
        { names: ['y'], ndarray: [[3]] },
        { names: ['x'], ndarray: [[4]] },
      ]),
    );
    expect(lines.map(({ meta }) => meta.tags)).toMatchObject([
      { a: 1, model: 'sum', batch_index: 0 },
      { a: 2, model: 'sum', batch_index: 1 },
      { model: 'sum', batch_index: 2 },
      { model: 'sum', batch_index: 3 },
    ]);
  });
});

test('tensors are joined and split', async () => {
  const { input, output } = batchFiles('[[1,2]]\n[[3,4],[5,6]]\n');
  const { url, received } = await host((request, response) => {
    const { data } = JSON.parse(request.body);
    const { shape, values } = data.tensor;
    const tensor = { shape: [shape[0], 2], values: values.map((value: number) => value * 2) };
    response.end(JSON.stringify({ data: { tensor, names: ['a', 'b'] } }));
  });
  await batch([input, output, '--url', url, '-s', '10', '-p', 'tensor']);
  expect(JSON.parse(received[0]?.body ?? '').data).toEqual({
    tensor: { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
  });
  expect(sorted(linesOf(output)).map(({ data }) => data)).toEqual([
    { tensor: { shape: [1, 2], values: [2, 4] }, names: ['a', 'b'] },
    { tensor: { shape: [2, 2], values: [6, 8, 10, 12] }, names: ['a', 'b'] },
  ]);
});

test('lines are sent alone when the model does not answer one row for each', async () => {
  const { input, output } = batchFiles(linesFor(numbers(40)));
  const { url, received } = await hostOf({ data: { ndarray: [['all']] } });
  const { code } = await batch([input, output, '--url', url, '-s', '4', '-w', '1']);
  expect(linesOf(output).map(({ data }) => data?.ndarray)).toEqual(Array(40).fill([['all']]));
  // Three mini-batches in seven requests each; what has been read by then may be one more.
  expect(received.length).toBeLessThanOrEqual(40 + 4 * 3);
  expect(code).toBe(0);
});

test('a request has a megabyte at most', async () => {
  const line = `[[${'1,'.repeat(200_000)}1]]\n`;
  const { input, output } = batchFiles(line.repeat(5));
  const { url, received } = await sumHost();
  await batch([input, output, '--url', url, '-s', '100']);
  expect(received).toHaveLength(3);
  expect(linesOf(output)).toHaveLength(5);
});

test('--ordered writes in the order of the input, whatever is answered first', async () => {
  const values = numbers(60);
  const { input, output } = batchFiles(
    values.map((value) => (value % 7 === 0 ? `[[${value}]]\n` : `[[${value},1]]\n`)).join(''),
  );
  const waiting: (() => void)[] = [];
  const { url } = await host((request, response) => {
    const { data } = JSON.parse(request.body) as SentMessage;
    const ndarray = data?.ndarray?.map(([value]) => [value]);
    // The last one first.
    waiting.push(() => response.end(JSON.stringify({ data: { ndarray } })));
    setImmediate(() => waiting.pop()?.());
  });
  await batch([input, output, '--url', url, '-s', '5', '--ordered']);
  const lines = linesOf(output);
  expect(lines.map(indexOf)).toEqual(values.map((_, index) => index));
  expect(lines.map(({ data }) => data?.ndarray)).toEqual(values.map((value) => [[value]]));
});
