import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { batch, batchFiles, linesOf, sorted } from '../../support/batch-run.ts';
import { closeHosts, host } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

afterAll(() => {
  closeHosts();
  removeFolders();
});

/** A host that answers with the rows that it got, and the metadata that it is given. */
async function echoHost(metadata?: unknown) {
  const { url, received } = await host(({ method, body }, response) => {
    if (method === 'GET') {
      response.writeHead(metadata === undefined ? 404 : 200).end(JSON.stringify(metadata));
    } else {
      response.end(JSON.stringify({ data: JSON.parse(body.replaceAll('NaN', '"NaN"')).data }));
    }
  });
  return { url, received };
}

async function answered(
  contents: string | Uint8Array,
  { metadata, name = 'in.csv', args = [] }: { metadata?: unknown; name?: string; args?: string[] } = {},
) {
  const { input, output } = batchFiles(contents, name);
  const { url } = await echoHost(metadata);
  const { code, text } = await batch([input, output, '--url', url, ...args]);
  const lines = sorted(linesOf(output));
  return {
    code,
    text,
    names: lines.find(({ data }) => data)?.data?.names,
    rows: lines.map(({ data, status }) => data?.ndarray?.[0] ?? status?.reason),
  };
}

const IRIS = { inputs: [{ messagetype: 'ndarray', schema: { names: ['a', 'b'] } }] };

describe.concurrent('a CSV', { timeout: 120_000 }, () => {
  test('is sent by row, with the names of its header and the types of its values', async () => {
    const found = await answered('n,text,yes\n1,x,true\n-2.50,"y ""z"", w",false\n1e3,,\n');
    expect(found.names).toEqual(['n', 'text', 'yes']);
    expect(found.rows).toEqual([
      [1, 'x', true],
      [-2.5, 'y "z", w', false],
      [1000, '', null],
    ]);
    expect(found.text).toMatch(/^columns of the header: n \(number\), text \(text\), yes \(boolean\)$/m);
    expect(found.code).toBe(0);
  });

  test('with very many columns is read in a moment, and not all of them are told of', async () => {
    const names = Array.from({ length: 30_000 }, (_, nth) => `column${nth}`);
    const found = await answered(`${names}\n${names.map(() => 1)}\n`);
    expect(found.names).toEqual(names);
    expect(found.text).toMatch(/column49 \(number\) and 29950 more$/m);
    expect(found.text.length).toBeLessThan(3000);
  });

  test("has the columns that the model's metadata name, in their order", async () => {
    const found = await answered('id,b,a\n7,1,2\n8,3,4\n', { metadata: IRIS, args: ['-s', '10'] });
    expect(found.names).toEqual(['a', 'b']);
    expect(found.rows).toEqual([
      [2, 1],
      [4, 3],
    ]);
    expect(found.text).toContain("columns of the model's metadata: a (number), b (number); not sent: id\n");
  });

  test('has the types that metadata of the v2 protocol say', async () => {
    const metadata = {
      inputs: [
        { name: 'zip', datatype: 'BYTES', shape: [-1, 1] },
        { name: 'n', datatype: 'FP64', shape: [-1, 1] },
      ],
    };
    const found = await answered('n,zip\n1,01234\nx,9\n', { metadata });
    expect(found.rows).toEqual([['01234', 1], 'column n: expected a number']);
  });

  test('has the columns and types that --columns says', async () => {
    const found = await answered('n,zip\n1,01234\n', { metadata: IRIS, args: ['--columns', 'zip:text,n'] });
    expect(found.rows).toEqual([['01234', 1]]);
  });

  test.each([
    ['delimited by semicolons', 'a;b\n1;2,5\n', [[1, '2,5']]],
    ['delimited by tabs', 'a\tb\n1\t2\n', [[1, 2]]],
    [
      'with CRLF, a byte order mark, and no end of the last line',
      '\ufeffa,b\r\n1,2\r\n3,4',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'with line breaks in quotes',
      'a,b\n"x\r\ny\n\nz",1\n"",2\n',
      [
        ['x\r\ny\n\nz', 1],
        ['', 2],
      ],
    ],
    [
      'with empty lines',
      'a,b\n\n1,2\n\n\n3,4\n\n',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['of one column, in which an empty line is an empty cell', 'a\n1\n\n2\n', [[1], [null], [2]]],
    [
      'with numbers as tables have them',
      'a,b\n+1,.5\n007,1.\n-01,1E+2\nnan, 3 \n',
      [
        [1, 0.5],
        [7, 1],
        [-1, 100],
        ['NaN', 3],
      ],
    ],
    ['with a header alone', 'a,b\n', []],
  ])('%s is read', async (_what, contents, rows) => {
    const found = await answered(contents);
    expect(found.rows).toEqual(rows);
    expect(found.code).toBe(0);
  });

  test('with gzip is read, whatever its name is, and in several members', async () => {
    const bytes = Buffer.concat([gzipSync('a,b\n1,2\n'), gzipSync('3,4\n')]);
    expect((await answered(bytes, { name: 'table.csv.gz' })).rows).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect((await answered(bytes, { name: 'table', args: ['--format', 'csv'] })).rows).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('has a failure for each record that is wrong', async () => {
    const found = await answered('a,b\n1\n1,2,3\n"x"y,2\n5,6\n7,"8\n');
    expect(found.rows).toEqual([
      'expected 2 fields, as the header has, got 1',
      'expected 2 fields, as the header has, got 3',
      'field 1 goes on behind its closing quote',
      [5, 6],
      'the quote that opens in line 6 is not closed',
    ]);
    expect(found.code).toBe(1);
  });
});

test.each([
  ['a,b\n1,2\n', ['--columns', 'a,c'], '--columns has c, which the header does not have; it has a, b\n'],
  ['a,a\n1,2\n', [], 'the header has the column a twice\n'],
  ['', [], 'expected a header with the names of the columns\n'],
  ['\n\n\n', [], 'expected a header with the names of the columns; the first line has none\n'],
  [',,\n1,2,3\n', [], 'expected a header with the names of the columns; the first line has none\n'],
  ['a,b\r1,2\r3,4\r', [], 'the lines of the table end with CR alone; expected LF or CRLF\n'],
  [
    'a\n1\n',
    ['--columns', 'a:int'],
    '--columns: expected names, each with number, text, boolean behind a colon or without; got "a:int"\n',
  ],
  ['a\n1\n', ['-a', 'raw'], '--data-type raw: expected data with csv, whose rows are numbers and texts\n'],
])('the table %j with %j is refused', async (contents, args, message) => {
  const { input, output } = batchFiles(contents, 'in.csv');
  const { url, received } = await echoHost();
  const { code, text } = await batch([input, output, '--url', url, ...args]);
  expect(text).toBe(message);
  expect({ code, posts: received.filter(({ method }) => method === 'POST').length }).toEqual({
    code: 2,
    posts: 0,
  });
});

test('a gzip that ends too early is told, and what it has is answered', { timeout: 120_000 }, async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `[[${index},${Math.random()}]]\n`).join('');
  const bytes = gzipSync(lines);
  const { input, output } = batchFiles(bytes.subarray(0, bytes.length - 1000), 'in.jsonl.gz');
  const { url } = await echoHost();
  const { code, text } = await batch([input, output, '--url', url, '-s', '100']);
  expect(text).toMatch(/in\.jsonl\.gz cannot be decompressed to its end: unexpected end of file\n$/);
  expect(code).toBe(2);
  writeFileSync(input, bytes);
  expect((await batch([input, output, '--url', url, '-s', '100', '--resume'])).code).toBe(0);
  expect(linesOf(output)).toHaveLength(5000);
});
