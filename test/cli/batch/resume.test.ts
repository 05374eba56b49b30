import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { batch, batchFiles, indexOf, linesOf, sorted, startBatch, sumHost } from '../../support/batch-run.ts';
import { closeHosts, host } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

afterAll(() => {
  closeHosts();
  removeFolders();
});

const KILLS = 50;
const LINES = 5000;

test('a run that is killed fifty times loses no line, and has none twice', { timeout: 600_000 }, async () => {
  const values = Array.from({ length: LINES }, (_, index) => (index % 50 === 7 ? 13 : 1000 + index));
  const { input, output } = batchFiles(values.map((value) => `[[${value},1]]\n`).join(''));
  let onRequest = () => {};
  const { url, received } = await sumHost(() => {
    onRequest();
    return undefined;
  });
  const args = [input, output, '--url', url, '--batch-size', '10', '--resume', '--workers', '4'];
  let [kills, runs, grown] = [0, 0, 0];
  let size = 0;
  while (kills < KILLS && runs < 2 * KILLS) {
    runs++;
    const running = startBatch(args);
    // A moment between the first requests and the end; now and then, one in which lines are written.
    let left = 1 + Math.floor(Math.random() * 60);
    const pause = Math.random() < 0.5 ? 0 : Math.random() * 300;
    onRequest = () => {
      if (--left === 0) {
        setTimeout(() => running.process.kill('SIGKILL'), pause);
      }
    };
    kills += (await running.ended) === 'SIGKILL' ? 1 : 0;
    const found = statSync(output, { throwIfNoEntry: false })?.size ?? 0;
    grown += found > size ? 1 : 0;
    // As if the kill had come in the middle of the last write.
    size = found > size && Math.random() < 0.5 ? found - Math.floor(Math.random() * (found - size)) : found;
    if (found > 0) {
      truncateSync(output, size);
    }
  }
  onRequest = () => {};
  expect(grown).toBeGreaterThan(3);
  const { code } = await batch(args);
  const lines = sorted(linesOf(output));
  expect(lines.map(indexOf)).toEqual(values.map((_, index) => index));
  expect(lines.map(({ data, status }) => data?.ndarray ?? status?.reason)).toEqual(
    values.map((value) => (value === 13 ? '400 UNLUCKY: there is a 13' : [[value + 1]])),
  );
  expect(new Set(lines.map(({ meta }) => meta.tags?.batch_id ?? meta.batch_id)).size).toBe(1);
  expect(code).toBe(1);
  expect(received.length).toBeGreaterThan(LINES / 10);
});

/** An output that has some of its lines. */
async function begun(lines = 40) {
  const contents = Array.from({ length: lines }, (_, index) => `[[${100 + index}]]\n`).join('');
  const { input, output } = batchFiles(contents);
  const { url, received } = await sumHost();
  await batch([input, output, '--url', url, '-u', 'b', '--ordered']);
  const all = readFileSync(output, 'utf8');
  const whole = all.split('\n');
  received.splice(0);
  return { input, output, url, received, contents, all, whole };
}

describe.concurrent('--resume', { timeout: 180_000 }, () => {
  test('cuts half a line off, and sends only what is missing', async () => {
    const { input, output, url, received, all, whole } = await begun();
    // Lines 4 and 30 are missing, and half of line 31 is there.
    const kept = whole.slice(0, 30).filter((_, index) => index !== 4);
    writeFileSync(output, `${kept.join('\n')}\n${whole[30]?.slice(0, 50)}`);
    const { code, text } = await batch([input, output, '--url', url, '--resume']);
    expect(received).toHaveLength(11);
    expect(
      sorted(linesOf(output))
        .map((line) => JSON.stringify(line))
        .join('\n'),
    ).toBe(all.trim());
    expect(text).toMatch(/^done: 11 of 11 lines were answered \(29 before this run, 0 of them failed\)$/m);
    expect(code).toBe(0);
  });

  test('has nothing to send when all is done', async () => {
    const { input, output, url, received, all } = await begun(5);
    const { code } = await batch([input, output, '--url', url, '--resume']);
    expect({ code, sent: received.length, text: readFileSync(output, 'utf8') }).toEqual({
      code: 0,
      sent: 0,
      text: all,
    });
  });

  test('begins when there is no output, or an empty one', async () => {
    const { input, output } = batchFiles('[[1]]\n');
    const { url } = await sumHost();
    writeFileSync(output, '');
    expect((await batch([input, output, '--url', url, '--resume'])).code).toBe(0);
    expect(linesOf(output)).toHaveLength(1);
  });

  test('goes on with an input that has grown', async () => {
    const { input, output, url, received } = await begun(5);
    appendFileSync(input, '[[7]]\n');
    await batch([input, output, '--url', url, '--resume', '--ordered']);
    expect(received).toHaveLength(1);
    expect(linesOf(output).map(indexOf)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('reads standard input again', async () => {
    const { output, url, contents, whole } = await begun(20);
    writeFileSync(output, `${whole.slice(0, 7).join('\n')}\n`);
    const running = startBatch(['-', output, '--url', url, '--resume'], 'pipe');
    running.process.stdin?.end(contents);
    expect(await running.ended).toBe(0);
    expect(sorted(linesOf(output)).map(indexOf)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  test('keeps failures, which count, and sends them again with --retry-failed', async () => {
    const { input, output } = batchFiles('[[1]]\n[[13]]\n[[2]]\n');
    let isLucky = false;
    const { url, received } = await host((request, response) => {
      const isRefused = request.body.includes('[[13]]') && !isLucky;
      response.writeHead(isRefused ? 400 : 200).end(isRefused ? '{"message":"no"}' : '{"strData":"yes"}');
    });
    await batch([input, output, '--url', url]);
    expect((await batch([input, output, '--url', url, '--resume'])).code).toBe(1);
    expect(received).toHaveLength(3);
    isLucky = true;
    const { code } = await batch([input, output, '--url', url, '--resume', '--retry-failed']);
    expect(code).toBe(0);
    expect(received).toHaveLength(4);
    expect(sorted(linesOf(output)).map(({ strData }) => strData)).toEqual(['yes', 'yes', 'yes']);
  });

  test.each([
    [
      'an input that has changed',
      (text: string) => text.replace('[[103]]', '[[999]]'),
      (text: string) => text,
      'line 4 of the input is not the one that OUT has an answer to: the input has changed',
    ],
    [
      'an input that has a line less',
      (text: string) => text.replace('[[103]]\n', ''),
      (text: string) => text,
      'line 4 of the input is not the one that OUT has an answer to: the input has changed',
    ],
    [
      'an input that is shorter',
      (text: string) => text.slice(0, 80),
      (text: string) => text,
      'OUT has more lines than the input, such as 11: it is the output of another one',
    ],
    [
      'an output that has a line twice',
      (text: string) => text,
      (text: string) => text + text.slice(0, text.indexOf('\n') + 1),
      'OUT has line 1 of the input twice',
    ],
    [
      'an output of two batches',
      (text: string) => text,
      (text: string) => text.replaceAll(/"b"(?=.*\n$)/g, '"c"'),
      'OUT is the output of the batch c, not of b',
    ],
    [
      'an output of something else',
      (text: string) => text,
      (text: string) => `${text}{"a":1}\n`,
      'OUT, line 41: expected a line with batch_id, batch_index and batch_instance_id; it was not written by batch',
    ],
    [
      'an output that is no text at all',
      (text: string) => text,
      () => 'PK\u0003\u0004',
      'OUT was not written by batch',
    ],
  ])('refuses %s, and changes nothing', async (_what, changeInput, changeOutput, message) => {
    const { input, output, url, received, contents, all } = await begun();
    const changed = changeOutput(all);
    writeFileSync(input, changeInput(contents));
    writeFileSync(output, changed);
    const { code, text } = await batch([input, output, '--url', url, '--resume']);
    expect(text).toBe(`${message.replace('OUT', output)}\n`);
    expect({ code, sent: received.length, text: readFileSync(output, 'utf8') }).toEqual({
      code: 2,
      sent: 0,
      text: changed,
    });
  });

  test('refuses another batch id', async () => {
    const { input, output, url } = await begun(3);
    const { code, text } = await batch([input, output, '--url', url, '--resume', '-u', 'other']);
    expect(text).toBe(`${output} is the output of the batch b, not of other\n`);
    expect(code).toBe(2);
  });

  test('with --ordered refuses an output that is not in order', async () => {
    const { input, output, url, whole } = await begun(5);
    writeFileSync(output, `${[whole[1], whole[0]].join('\n')}\n`);
    const { code, text } = await batch([input, output, '--url', url, '--resume', '--ordered']);
    expect(text).toMatch(/^--ordered: the lines of .* are not in the order of the input/);
    expect(code).toBe(2);
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a run with the answers that are under way',
  async (signal) => {
    const { input, output } = batchFiles('[[1]]\n'.repeat(100));
    const { url } = await host((request, response, index) => {
      if (index === 3) {
        running.process.kill(signal);
        setTimeout(() => response.end(request.body), 300);
      } else {
        response.end(request.body);
      }
    });
    const running = startBatch([input, output, '--url', url, '-w', '1']);
    expect(await running.ended).toBe(130);
    expect(linesOf(output).map(indexOf)).toEqual([0, 1, 2, 3]);
    expect(running.text()).toMatch(/^stopped: 4 of 4 lines were answered$/m);
    expect(running.text()).toMatch(/: go on with --resume$/m);
    expect((await batch([input, output, '--url', (await sumHost()).url, '--resume'])).code).toBe(0);
    expect(linesOf(output)).toHaveLength(100);
  },
);
