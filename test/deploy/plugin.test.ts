import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyProject, removeFolders } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PLUGIN = 'src/deploy/plugin.js';

const NAMES = [
  ['stack/index.ts', 'shapeStack'],
  ['stack/index.ts', 'checkParameters'],
  ['refresh-zip.ts', 'refreshZip'],
  ['dev-server.ts', 'serveModel'],
  ['banner.ts', 'showEndpoints'],
] as const;

afterAll(removeFolders, 60_000);

/** What the type checker says of the plugin in a project. */
async function errorsOf(project: string): Promise<string> {
  const options = { allowJs: true, checkJs: true };
  writeFileSync(
    join(project, 'tsconfig.plugin.json'),
    JSON.stringify({ extends: './tsconfig.json', compilerOptions: options, include: [], files: [PLUGIN] }),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  return promisify(execFile)(process.execPath, [tsc, '--project', 'tsconfig.plugin.json'], {
    cwd: project,
  }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}

test('the plugin, which is JavaScript, passes the type checker', async () => {
  expect(await errorsOf(copyProject())).toBe('');
});

describe('so that a renamed function is found:', () => {
  let errors: string;

  // All at once: each is an error of its own.
  beforeAll(async () => {
    const project = copyProject();
    for (const [file, name] of NAMES) {
      const path = join(project, 'src/deploy', file);
      const source = readFileSync(path, 'utf8');
      expect(source).toContain(`function ${name}(`);
      writeFileSync(path, source.replace(`function ${name}(`, `function renamed${name}(`));
    }
    errors = await errorsOf(project);
  });

  test.each(NAMES)('of %s, %s', (_file, name) => {
    expect(errors).toContain(`Property '${name}' does not exist`);
  });
});
