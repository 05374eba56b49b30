import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batch, batchFiles, linesOf, type OutputLine, sorted, sumHost } from '../../support/batch-run.ts';
import { closeHosts, host } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';
import { AWS_CREDENTIALS, AWS_SETTINGS } from '../../support/stores/aws-settings.ts';
import { openS3Server, type S3Server } from '../../support/stores/s3-server.ts';

const PEOPLE = fileURLToPath(new URL('../../fixtures/batch/people.parquet', import.meta.url));

let s3: S3Server;

beforeAll(async () => {
  s3 = await openS3Server({ buckets: ['data'] });
});

afterAll(async () => {
  closeHosts();
  await s3.close();
  removeFolders();
});

const environment = () => ({
  AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
  AWS_REGION: AWS_SETTINGS.region as string,
  AWS_ENDPOINT_URL_S3: s3.url,
});

test('an object of S3 is read in parts, of one version of it', { timeout: 180_000 }, async () => {
  // Spaces are not sent.
  const line = `[[1,2]]${' '.repeat(200_000)}\n`;
  const lines = `${line.repeat(90)}[[2]]\n`;
  s3.objects.set('data/in.jsonl', Buffer.from(lines));
  const { output } = batchFiles('');
  const { url } = await sumHost();
  const { code } = await batch(['s3://data/in.jsonl', output, '--url', url], environment());
  expect(code).toBe(0);
  const answers = sorted(linesOf(output)).map(({ data }) => data?.ndarray);
  expect(answers).toEqual([...Array(90).fill([[3]]), [[2]]]);
  const ranges = s3.requests.filter((request) => request.startsWith('GET data/in.jsonl'));
  expect(ranges).toHaveLength(Math.ceil(lines.length / 8e6));
});

test('an object with gzip is decompressed', { timeout: 120_000 }, async () => {
  s3.objects.set('data/in.csv.gz', gzipSync('a,b\n1,2\n3,4\n'));
  const { output } = batchFiles('');
  const { url } = await sumHost(({ method }) => (method === 'GET' ? { status: 404 } : undefined));
  const { code } = await batch(['s3://data/in.csv.gz', output, '--url', url], environment());
  expect(code).toBe(0);
  expect(sorted(linesOf(output)).map(({ data }) => data?.ndarray)).toEqual([[[3]], [[7]]]);
});

test('an object that is not there is told', { timeout: 120_000 }, async () => {
  s3.objects.set('data/other', Buffer.from('x'));
  const { output } = batchFiles('');
  const { url } = await sumHost();
  const missing = await batch(['s3://data/othe', output, '--url', url], environment());
  expect(missing).toEqual({ code: 2, text: 's3://data/othe: there is no such object\n' });
  const nameless = await batch(['s3://data', output, '--url', url], environment());
  expect(nameless).toEqual({ code: 2, text: 's3://data: expected s3://bucket/key\n' });
  expect(existsSync(output)).toBe(false);
});

describe('an output', () => {
  const contents = (count: number) => Array.from({ length: count }, (_, index) => `[[${index}]]\n`).join('');
  /** Answers with the row, and as many characters that no compression makes few of. */
  const wordy = (characters: number) =>
    host(({ body }, response) => {
      const { data } = JSON.parse(body) as { data: { ndarray: number[][] } };
      const text = randomBytes(characters / 2).toString('hex');
      response.end(JSON.stringify({ data, meta: { tags: { text } } }));
    });
  const parse = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as OutputLine);
  const rowsOf = (lines: readonly OutputLine[]) => sorted(lines).map(({ data }) => data?.ndarray?.flat()[0]);
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

  test('in S3 is one PUT when it is small', { timeout: 120_000 }, async () => {
    const { input } = batchFiles(contents(3));
    const { url } = await wordy(10);
    const { code, text } = await batch([input, 's3://data/small é.jsonl', '--url', url], environment());
    expect([code, text]).toEqual([0, expect.stringMatching(/^done: 3 of 3/m)]);
    expect(rowsOf(parse(String(s3.objects.get('data/small é.jsonl'))))).toEqual([0, 1, 2]);
    const again = await batch([input, 's3://data/small é.jsonl', '--url', url], environment());
    expect(again).toEqual({
      code: 2,
      text: 's3://data/small é.jsonl is there already: --overwrite replaces it\n',
    });
    const { code: last } = await batch(
      [input, 's3://data/small é.jsonl', '--url', url, '--overwrite'],
      environment(),
    );
    expect(last).toBe(0);
  });

  test('in S3 is sent in parts when it is large, again where S3 falters', { timeout: 180_000 }, async () => {
    const { input } = batchFiles(contents(210));
    const { url } = await wordy(100_000);
    let count = 0;
    s3.trouble = ({ query }) =>
      query.has('partNumber') && count++ === 1 ? { status: 503, code: 'SlowDown' } : undefined;
    const args = [input, 's3://data/large.jsonl', '--url', url, '--ordered'];
    const { code } = await batch(args, environment()).finally(() => {
      s3.trouble = () => undefined;
    });
    expect(code).toBe(0);
    expect(rowsOf(parse(String(s3.objects.get('data/large.jsonl'))))).toEqual(numbers(210));
    const parts = s3.requests.filter((request) => request === 'PUT data/large.jsonl');
    expect(parts).toHaveLength(4);
    expect(s3.uploads.size).toBe(0);
  });

  test('in S3 is not there when it cannot be written', { timeout: 180_000 }, async () => {
    const { input } = batchFiles(contents(200));
    const { url } = await wordy(100_000);
    s3.trouble = ({ query }) =>
      query.get('partNumber') === '2' ? { status: 403, code: 'AccessDenied' } : undefined;
    const { code, text } = await batch([input, 's3://data/none.jsonl', '--url', url], environment()).finally(
      () => {
        s3.trouble = () => undefined;
      },
    );
    expect(text).toMatch(/S3 part 2 of s3:\/\/data\/none\.jsonl: HTTP 403 AccessDenied/);
    expect(code).toBe(2);
    expect(s3.objects.has('data/none.jsonl')).toBe(false);
    expect(s3.uploads.size).toBe(0);
  });

  test.each(['out.jsonl.gz', 's3://data/out.jsonl.gz'])(
    '%s is compressed',
    { timeout: 120_000 },
    async (name) => {
      const { input, output } = batchFiles(contents(300));
      const { url } = await wordy(20_000);
      const path = name.startsWith('s3') ? name : output.replace('out.jsonl', name);
      const { code } = await batch([input, path, '--url', url], environment());
      expect(code).toBe(0);
      const bytes = name.startsWith('s3') ? s3.objects.get('data/out.jsonl.gz') : readFileSync(path);
      expect(rowsOf(parse(gunzipSync(bytes as Buffer).toString()))).toEqual(numbers(300));
    },
  );

  test.each([
    ['s3://data/out.jsonl', 'a file as output, not s3://data/out.jsonl'],
    ['out.jsonl.gz', 'an output that is not compressed, as out.jsonl'],
  ])('%s cannot be gone on with', { timeout: 120_000 }, async (path, expected) => {
    const { input } = batchFiles(contents(1));
    const result = await batch([input, path, '--url', 'http://127.0.0.1:9', '--resume'], environment());
    expect(result).toEqual({ code: 2, text: `--resume: expected ${expected}\n` });
  });
});

const { resolve } = createRequire(import.meta.url);
const hasReader = (() => {
  try {
    return existsSync(resolve('hyparquet/package.json'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
})();
if (!hasReader && process.env.CI === 'true') {
  throw new Error('hyparquet is not installed: npm ci');
}

/** A host that gives the rows back, without metadata. */
const echo = () =>
  host(({ method, body }, response) =>
    method === 'GET'
      ? response.writeHead(404).end()
      : response.end(JSON.stringify({ data: JSON.parse(body).data })),
  );

test.skipIf(!hasReader)('Parquet is read by its columns and types', { timeout: 120_000 }, async () => {
  const { output } = batchFiles('');
  const { url, received } = await echo();
  const { code, text } = await batch([PEOPLE, output, '--url', url]);
  expect(code).toBe(0);
  expect(text).toContain(
    'columns of the header: id (number), score (number), city (text), member (boolean)\n',
  );
  expect(sorted(linesOf(output)).map(({ data }) => data?.ndarray?.[0])).toEqual([
    [1, 0.5, 'Bern', true],
    [2, -1.25, 'Łódź', false],
    [expect.any(Number), null, 'a"b', true],
    [4, 3, '', null],
  ]);
  expect(received.some(({ body }) => body.includes('[[9007199254740993,null,"a\\"b",true]]'))).toBe(true);
});

test.skipIf(!hasReader)(
  'Parquet is read from S3, and some of its columns',
  { timeout: 120_000 },
  async () => {
    s3.objects.set('data/people.parquet', readFileSync(PEOPLE));
    const { output } = batchFiles('');
    const { url } = await echo();
    const args = ['s3://data/people.parquet', output, '--url', url, '--columns', 'city,score', '-s', '10'];
    expect((await batch(args, environment())).code).toBe(0);
    const [first] = sorted(linesOf(output));
    expect(first?.data).toEqual({ names: ['city', 'score'], ndarray: [['Bern', 0.5]] });
  },
);

test.skipIf(!hasReader)('another file than a Parquet is refused', { timeout: 120_000 }, async () => {
  const { input, output } = batchFiles('no parquet at all', 'in.parquet');
  const { url } = await echo();
  const { code, text } = await batch([input, output, '--url', url]);
  expect(text).toMatch(/^the file cannot be read as Parquet: /);
  expect(code).toBe(2);
});
