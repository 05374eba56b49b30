import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
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

/** The lines that many calls log to a pipe, which holds 64 kB and is read when `first` has been run. */
async function linesOf(first: string): Promise<string[]> {
  const code = `
    import { writeSync } from 'node:fs';
    const { handler } = await import(${JSON.stringify(join(artifact.folder, 'handlers/predict.mjs'))});
    ${first}
    writeSync(3, 'read now');
    for (let call = 0; call < ${CALLS}; call++) await handler(JSON.parse(process.argv[1]), {});`;
  const event = JSON.stringify(predictEvent(irisMessage()));
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, event], {
    env: { PATH: process.env.PATH, MODEL_NAME: 'Identity' },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  await once(child.stdio[3] as NodeJS.EventEmitter, 'data');
  const [output] = await Promise.all([text(child.stdout as never), once(child, 'close')]);
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

test.each([
  ['to a pipe that is full at first', ''],
  ['when the model writes to process.stdout, too', 'process.stdout.write("");'],
  ['to a pipe that takes a part or nothing', FULL_AT_TIMES],
])('each call logs a whole line: %s', async (_title, first) => {
  const lines = await linesOf(first);
  expect(lines).toHaveLength(CALLS);
  expect(new Set(lines.map((line) => JSON.parse(line).message))).toEqual(new Set(['the call succeeded']));
});
