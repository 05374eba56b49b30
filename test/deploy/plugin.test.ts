import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyProject, removeFolders } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PLUGIN = 'src/deploy/plugin.js';

let project: string;

beforeAll(() => {
  project = copyProject();
  const options = { allowJs: true, checkJs: true };
  writeFileSync(
    join(project, 'tsconfig.plugin.json'),
    JSON.stringify({ extends: './tsconfig.json', compilerOptions: options, include: [], files: [PLUGIN] }),
  );
});

afterAll(removeFolders, 60_000);

async function errorsOf(): Promise<string> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return promisify(execFile)(process.execPath, [tsc, '--project', 'tsconfig.plugin.json'], {
    cwd: project,
  }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}

test('the plugin, which is JavaScript, passes the type checker', async () => {
  expect(await errorsOf()).toBe('');
});

test.each([
  ['stack/index.ts', 'shapeStack'],
  ['stack/index.ts', 'checkParameters'],
  ['refresh-zip.ts', 'refreshZip'],
  ['dev-server.ts', 'serveModel'],
  ['banner.ts', 'showEndpoints'],
])('so that a renamed function of %s, %s, is found', async (file, name) => {
  const path = join(project, 'src/deploy', file);
  const source = readFileSync(path, 'utf8');
  expect(source).toContain(`function ${name}(`);
  writeFileSync(path, source.replace(`function ${name}(`, 'function renamed('));
  expect(await errorsOf()).toContain(`Property '${name}' does not exist`);
  writeFileSync(path, source);
});
