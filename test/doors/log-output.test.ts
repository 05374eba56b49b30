import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Artifact, openArtifact } from '../support/artifact.ts';
import { irisMessage, predictEvent } from '../support/predict-event.ts';

const CALLS = 2000;

let artifact: Artifact;

beforeAll(async () => {
  artifact = await openArtifact({ Identity: 'test/models/conformance/Identity.ts' });
}, 60_000);

afterAll(() => artifact.remove());

/** A process that runs `code`, in which `call(id)` calls the handler. It speaks by the files 3 and 4. */
function run(code: string) {
  const all = `
    import { readSync, writeSync } from 'node:fs';
    const { handler } = await import(${JSON.stringify(join(artifact.folder, 'handlers/predict.mjs'))});
    const call = (id) => handler(JSON.parse(process.argv[1]), { awsRequestId: String(id) });
    ${code}`;
  const event = JSON.stringify(predictEvent(irisMessage()));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', all, event], {
    env: { PATH: process.env.PATH, MODEL_NAME: 'Identity' },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe', 'pipe'],
  });
  const [, stdout, , said, toChild] = child.stdio as unknown as [null, Readable, null, Readable, Writable];
  return { stdout, said, toChild, closed: once(child, 'close') };
}

/** The lines that many calls log to a pipe, which holds 64 kB and is read when `first` has been run. */
async function linesOf(first: string): Promise<string[]> {
  const { stdout, said, closed } = run(`
    ${first}
    writeSync(3, 'read now');
    for (let id = 0; id < ${CALLS}; id++) await call(id);`);
  await once(said, 'data');
  const [output] = await Promise.all([text(stdout), closed]);
  return output.trimEnd().split('\n');
}

/**
 * As a pipe does whose stream has been used by somebody else: it takes a part, or has no room and does not
 * wait until it has.
 */
const FULL_AT_TIMES = `
  const fs = process.getBuiltinModule('node:fs');
  const real = fs.writeSync;
  let writes = 0;
  fs.writeSync = (file, bytes, offset) => {
    if (file !== 1) return real(file, bytes, offset);
    if (++writes % 3 === 0) throw Object.assign(new Error('no room'), { code: 'EAGAIN' });
    return real(file, bytes, offset, Math.min(100, bytes.length - offset));
  };`;

/** As a pipe does that takes a line in parts: when it is full, it may have the first ones of a line. */
const IN_PARTS = `
  const fs = process.getBuiltinModule('node:fs');
  const real = fs.writeSync;
  fs.writeSync = (file, bytes, offset) => real(file, bytes, offset, Math.min(100, bytes.length - offset));`;

test.each([
  ['to a pipe that is full at first', ''],
  ['when the model writes to process.stdout, too', 'process.stdout.write("");'],
  ['to a pipe that takes a part or nothing', FULL_AT_TIMES],
])('each call logs a whole line: %s', async (_title, first) => {
  const lines = await linesOf(first);
  expect(lines).toHaveLength(CALLS);
  expect(new Set(lines.map((line) => JSON.parse(line).message))).toEqual(new Set(['the call succeeded']));
});

test('what waits since the pipe was full comes before later lines, when the pipe has room again', async () => {
  const { stdout, said, toChild, closed } = run(`
    ${IN_PARTS}
    process.stdout.write('');
    let id = 0;
    while (process.stdout.writableLength === 0) await call(id++);
    const said = Buffer.from(String(id));
    real(3, said);
    // Meanwhile process.stdout can do nothing.
    readSync(4, Buffer.alloc(1));
    for (const last = id + 3; id < last; ) await call(id++);`);
  const full = Number(await once(said, 'data'));
  let output = '';
  for await (const part of stdout) {
    output += part;
    // All but the line that waits: now there is room.
    if (toChild.writable && output.split('\n').length === full) {
      toChild.end('.');
    }
  }
  await closed;
  const ids = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).requestId);
  expect(ids).toEqual(Array.from({ length: full + 3 }, (_, id) => String(id)));
});
