import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch, batchFiles, linesOf, sorted, sumHost } from '../../support/batch-run.ts';
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
