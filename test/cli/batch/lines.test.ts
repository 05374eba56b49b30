import { execFileSync } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { batch, batchFiles, linesOf, sorted, sumHost } from '../../support/batch-run.ts';
import { closeHosts, host, hostOf, type Received } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

afterAll(() => {
  closeHosts();
  removeFolders();
});

const UUID = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test('an output that is a pipe is written as it comes', async () => {
  const { input, output } = batchFiles('[[1,2]]\n[[3,4]]\n');
  execFileSync('mkfifo', [output]);
  const read = textOf(createReadStream(output));
  const { url } = await sumHost();
  const { code, text: said } = await batch([input, output, '--url', url]);
  expect(said).toMatch(/^done: 2 of 2 lines were answered\n/);
  expect(code).toBe(0);
  expect((await read).match(/"ndarray":\[\[\d+\]\]/g)?.sort()).toEqual([
    '"ndarray":[[3]]',
    '"ndarray":[[7]]',
  ]);
});

test('each line is a request of its own, with the tags of the batch, and has an answer in the output', async () => {
  const { input, output } = batchFiles('[[1,2]]\n[[3,4]]\n[[5,6]]\n');
  const { url, received } = await sumHost();
  const { code, text } = await batch([input, output, '--url', url, '--batch-id', 'night']);
  expect(text).toMatch(/^done: 3 of 3 lines were answered\n/);
  expect(text).toMatch(/^latency of 3 requests in ms: p50 [\d.]+, p90 [\d.]+, p99 [\d.]+, max [\d.]+$/m);
  expect(text).toMatch(/^batch night$/m);
  expect(code).toBe(0);
  const lines = sorted(linesOf(output));
  expect(lines.map(({ data }) => data)).toEqual(
    [3, 7, 11].map((sum) => ({ names: ['sum'], ndarray: [[sum]] })),
  );
  for (const [index, { meta }] of lines.entries()) {
    expect(meta).toEqual({
      tags: {
        model: 'sum',
        batch_id: 'night',
        batch_instance_id: expect.stringMatching(UUID),
        batch_index: index,
      },
    });
  }
  const sent = received.map(({ body, headers }) => ({ ...JSON.parse(body), puid: headers['seldon-puid'] }));
  expect(received.every(({ path }) => path === '/predict')).toBe(true);
  for (const { meta, puid } of sent) {
    const { batch_index: index, batch_instance_id: id } = meta.tags;
    expect(meta.tags).toEqual({ batch_id: 'night', batch_instance_id: puid, batch_index: index });
    expect(lines[index]?.meta.tags?.batch_instance_id).toBe(id);
  }
});

describe.concurrent('a line is sent', () => {
  const sent = async (line: string, ...args: readonly string[]) => {
    const { input, output } = batchFiles(line);
    const { url, received } = await hostOf({ strData: 'yes', meta: { tags: { a: 1 } } });
    const { code } = await batch([input, output, '--url', url, '--batch-id', 'b', ...args]);
    const { meta, ...message } = JSON.parse(received[0]?.body ?? '{}');
    const [{ body, headers }] = received as [Received];
    return { code, message, meta, line: linesOf(output)[0], body, headers };
  };

  test.each([
    ['data', [], '[[1,2]]', { data: { ndarray: [[1, 2]] } }],
    ['data of texts', [], ' [["a",null,true]] ', { data: { ndarray: [['a', null, true]] } }],
    ['data of one axis', [], '[1,2]', { data: { ndarray: [1, 2] } }],
    [
      'data as a tensor',
      ['-p', 'tensor'],
      '[[1,2]]',
      { data: { tensor: { shape: [1, 2], values: [1, 2] } } },
    ],
    ['json', ['-a', 'json'], '{"a":[1]}', { jsonData: { a: [1] } }],
    ['json that is null', ['-a', 'json'], 'null', { jsonData: null }],
    ['str', ['-a', 'str'], 'plain "text"', { strData: 'plain "text"' }],
    ['str in JSON', ['-a', 'str'], '"a\\n\\u00e9"', { strData: 'a\né' }],
    ['str that is empty', ['-a', 'str'], '\n', { strData: '' }],
    [
      'raw',
      ['-a', 'raw'],
      '{"data":{"names":["a"],"tensor":{"shape":[1],"values":[1]}},"other":1}',
      { data: { names: ['a'], tensor: { shape: [1], values: [1] } }, other: 1 },
    ],
  ])('as %s', async (_kind, args, line, message) => {
    const found = await sent(line, ...args);
    expect(found.message).toEqual(message);
    expect(found.line).toMatchObject({ strData: 'yes', meta: { tags: { a: 1, batch_index: 0 } } });
    expect(found.code).toBe(0);
  });

  test('as raw with its own meta, to which the tags of the batch are added', async () => {
    const { meta, body } = await sent(
      '{"strData":"x","meta":{"puid":"p","tags":{"a":12345678901234567890}}}',
      '-a',
      'raw',
    );
    expect(meta).toMatchObject({ puid: 'p', tags: { batch_id: 'b', batch_index: 0 } });
    expect(body).toContain('"a":12345678901234567890');
  });

  test('as feedback with an Idempotency-Key that is the same in the next run', async () => {
    const line = '{"request":{"strData":"x"},"reward":1}';
    const args = ['-m', 'feedback', '-a', 'raw'];
    const [first, second] = await Promise.all([sent(line, ...args), sent(line, ...args)]);
    expect(first.message).toEqual({ request: { strData: 'x' }, reward: 1 });
    expect(first.meta).toBeUndefined();
    expect(first.headers?.['idempotency-key']).toMatch(UUID);
    expect(second.headers?.['idempotency-key']).toBe(first.headers?.['idempotency-key']);
    expect(first.line?.meta.tags).toMatchObject({ a: 1, batch_id: 'b', batch_index: 0 });
  });
});

describe.concurrent('a file', () => {
  const answered = async (contents: string | Uint8Array, ...args: readonly string[]) => {
    const { input, output } = batchFiles(contents);
    const { url } = await sumHost();
    const { code, text } = await batch([input, output, '--url', url, ...args]);
    const lines = sorted(linesOf(output));
    return { code, text, answers: lines.map(({ data, status }) => data?.ndarray ?? status?.reason) };
  };

  test.each([
    ['with CRLF', '[[1]]\r\n[[2]]\r\n', [[[1]], [[2]]]],
    ['with a byte order mark', '\ufeff[[1]]\n[[2]]\n', [[[1]], [[2]]]],
    ['whose last line has no end', '[[1]]\n[[2]]', [[[1]], [[2]]]],
    ['without any line', '', []],
  ])('%s', async (_what, contents, answers) => {
    const found = await answered(contents);
    expect(found.answers).toEqual(answers);
    expect(found.code).toBe(0);
  });

  test('with lines that cannot be sent has a failure for each of them, and an answer for each other', async () => {
    const bytes = Buffer.concat([
      Buffer.from('[[1]]\n\n[[2]\n'),
      Buffer.from([0x5b, 0xff, 0x5d, 0x0a]),
      Buffer.from('{"a":1}\n[[3]]\n   \n[[4]]\nnull\n'),
    ]);
    const { code, text, answers } = await answered(bytes, '--batch-size', '10');
    expect(answers).toEqual([
      [[1]],
      'the line is empty',
      'the line is not JSON: the text ends after 4 characters; expected , or ]',
      'the line is not UTF-8',
      'expected a list of rows, as [[5.1,3.5,1.4,0.2]]',
      [[3]],
      'the line is empty',
      [[4]],
      'expected a list of rows, as [[5.1,3.5,1.4,0.2]]',
    ]);
    expect(text).toMatch(
      /^FAILED not sent: 6 lines\n {2}line 2: the line is empty\n {2}line 3: the line is not JSON/,
    );
    expect(text).toMatch(/^done, with FAILURES: 3 of 9 lines were answered, 6 failed$/m);
    expect(code).toBe(1);
  });

  test('with a line of 6 MB is answered, with the lines around it', async () => {
    const long = `[[${'1,'.repeat(3_000_000)}1]]`;
    const { code, answers } = await answered(`[[1]]\n${long}\n[[2]]\n`, '--batch-size', '3');
    expect(answers).toEqual([[[1]], [[3_000_001]], [[2]]]);
    expect(code).toBe(0);
  });

  test('with a line that does not end fails in this line alone', async () => {
    const long = `[[${'1,'.repeat(17_000_000)}1]]`;
    const { answers } = await answered(`[[1]]\n${long}\n[[2]]\n`);
    expect(answers).toEqual([[[1]], 'the line has more than 32 MB', [[2]]]);
  });

  test('in UTF-16 is refused', async () => {
    const { input, output } = batchFiles(Buffer.from('\ufeff[[1]]\n', 'utf16le'));
    const { url } = await sumHost();
    const { code, text } = await batch([input, output, '--url', url]);
    expect(text).toBe(`${input} is in UTF-16; expected UTF-8\n`);
    expect(code).toBe(2);
  });
});

test('a failure is written as seldon-batch-processor writes it', async () => {
  const { input, output } = batchFiles('[[13]]\n');
  const { url } = await sumHost();
  const { code, text } = await batch([input, output, '--url', url, '-u', 'b']);
  expect(linesOf(output)).toEqual([
    {
      status: { info: 'FAILURE', reason: '400 UNLUCKY: there is a 13', status: 1 },
      meta: { batch_id: 'b', batch_instance_id: expect.stringMatching(UUID), batch_index: 0 },
    },
  ]);
  expect(text).toMatch(/^FAILED 400 UNLUCKY: 1 line\n {2}line 1: 400 UNLUCKY: there is a 13\n/);
  expect(code).toBe(1);
});

test('a failure in an answer of 200 is one, and an answer that is no message', async () => {
  const { input, output } = batchFiles('[[1]]\n');
  const failed = await hostOf({ status: { status: 'FAILURE', reason: 'X', info: 'y' } });
  const other = await hostOf([1]);
  await batch([input, output, '--url', failed.url]);
  expect(linesOf(output)[0]?.status?.reason).toBe('X: y');
  await batch([input, output, '--url', other.url, '--overwrite']);
  expect(linesOf(output)[0]?.status?.reason).toBe('the answer is not a message in JSON');
});

test('numbers keep all digits that the host has written, and a line break in its JSON is none of the output', async () => {
  const { input, output } = batchFiles('[[1]]\n');
  const body = '{"data": {"ndarray":\r\n  [[12345678901234567890, 1.0, 1e400]]},\n"meta":{}}';
  const { url } = await host((_request, response) => response.end(body));
  await batch([input, output, '--url', url, '-u', 'b']);
  expect(readFileSync(output, 'utf8')).toMatch(
    /^\{"data":\{"ndarray": \[\[12345678901234567890, 1\.0, 1e400\]\]\},"meta":\{"tags":\{"batch_id":"b",.*\n$/,
  );
});
