import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { batchFiles, startBatch } from '../../support/batch-run.ts';
import { closeHosts, host } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

const PEOPLE = fileURLToPath(new URL('../../fixtures/batch/people.parquet', import.meta.url));
/** More than is read at once. */
const LINES = '[[1,2]]\n'.repeat(100_000);
const ROWS = `a,b\n${'1,2\n'.repeat(100_000)}`;
/** Tells, when a process ends, which files in its folder it still has open: node closes them, with a warning. */
const TELL = `
const { readdirSync, readlinkSync } = require('node:fs');
process.on('exit', () => {
  for (const name of readdirSync('/proc/self/fd')) {
    let path = '';
    try { path = readlinkSync('/proc/self/fd/' + name); } catch {}
    if (path.startsWith(__dirname)) console.error('left open: ' + path);
  }
});`;

afterAll(() => {
  closeHosts();
  removeFolders();
});

describe.skipIf(!existsSync('/proc/self/fd')).concurrent('a run leaves no file open', () => {
  test.each([
    ['lines, not all of which are read', 'in.jsonl', LINES, ['--max-failures', '1'], 3],
    ['compressed lines, not all of which are read', 'in.jsonl.gz', LINES, ['--max-failures', '1'], 3],
    ['a table, not all of which is read', 'in.csv', ROWS, ['--max-failures', '1'], 3],
    ['a table without a column', 'in.csv', ROWS, ['--columns', 'c'], 2],
    ['a Parquet', 'in.parquet', undefined, ['--max-failures', '1'], 3],
    ['a Parquet without a column', 'in.parquet', undefined, ['--columns', 'nobody'], 2],
    ['options that do not go together', 'in.parquet', undefined, ['--model', 'Nobody'], 2],
  ] as const)('%s', async (_, name, contents, args, expected) => {
    const { input, output } = batchFiles(
      name.endsWith('.gz') ? gzipSync(contents ?? '') : (contents ?? ''),
      name,
    );
    if (contents === undefined) {
      copyFileSync(PEOPLE, input);
    }
    const tell = join(dirname(input), 'tell.cjs');
    writeFileSync(tell, TELL);
    const { url } = await host((_, response) => response.writeHead(400).end('{"status":{"info":"no"}}'));
    const run = startBatch([input, output, '--url', url, ...args], 'ignore', {
      NODE_OPTIONS: `--require ${tell}`,
    });
    const code = await run.ended;
    expect(run.text()).not.toContain('left open');
    expect(code, run.text()).toBe(expected);
  });
});
