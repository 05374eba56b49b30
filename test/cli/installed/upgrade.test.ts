import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { install, PROGRAM, packPackage, projectWith } from '../../support/installed.ts';
import { callPackage } from '../../support/packages.ts';
import { removeFolders, run, temporaryFolder } from '../../support/project.ts';

const SERVERLESS = [process.execPath, 'node_modules/serverless/bin/serverless.js'];
const TESTS = [process.execPath, '--import', 'tsx', '--test', 'test/Fraud.test.ts'];

/** Where an earlier version differs: by file, a text of this one and what was there instead. */
const EARLIER: Readonly<Record<string, readonly (readonly [now: string | RegExp, then: string])[]>> = {
  'package.json': [[/"version": "[^"]+"/, '"version": "0.0.1"']],
  // A default of the stack, which no project has a copy of.
  'dist/lib/serverless.yml': [[/memory: 1024/, 'memory: 512']],
  // The files of a new project.
  'dist/lib/src/cli/init/project-files.js': [
    ['"module": "preserve"', '"module": "esnext"'],
    ['"moduleResolution": "bundler"', '"moduleResolution": "node10"'],
    ['  - serverless-offline\n', ''],
  ],
  'dist/lib/src/cli/init/package-json.js': [["'serverless-offline', ", '']],
};

let project: string;
let tarball: string;

beforeAll(async () => {
  tarball = await packPackage();
  project = await projectWith(await packEarlier(), {});
}, 120_000);

afterAll(removeFolders, 60_000);

/** A tarball of the same build, as an earlier version. */
async function packEarlier(): Promise<string> {
  const folder = temporaryFolder();
  await run(folder, ['tar', 'xzf', tarball]);
  for (const [path, changes] of Object.entries(EARLIER)) {
    const file = join(folder, 'package', path);
    const before = readFileSync(file, 'utf8');
    const after = changes.reduce((text, [now, then]) => {
      expect(text).toMatch(now);
      return text.replace(now, then);
    }, before);
    writeFileSync(file, after);
  }
  await run(folder, ['tar', 'czf', 'earlier.tgz', 'package']);
  return join(folder, 'earlier.tgz');
}

const read = (path: string) => readFileSync(join(project, path), 'utf8');

async function doctor(...args: readonly string[]) {
  const { code, text } = await run(project, [...PROGRAM, 'doctor', '--json', ...args]);
  const { checks, fixed } = JSON.parse(text) as {
    checks: { status: string; name: string; text: string }[];
    fixed: string[];
  };
  // Ports and credentials are those of the machine.
  const bad = checks.filter(({ status, name }) => status !== 'ok' && !['ports', 'aws'].includes(name));
  return { code, fixed, bad: bad.map(({ name, text: said }) => `${name}: ${said}`) };
}

async function memoryOf(name: string): Promise<number> {
  const { text } = await run(project, [...SERVERLESS, 'print', '--format', 'json']);
  const printed = JSON.parse(text.slice(text.indexOf('{')));
  return printed.functions[name].memorySize ?? printed.provider.memorySize;
}

describe('a project that an earlier version made', () => {
  test('works with that version', async () => {
    const made = await run(project, [...PROGRAM, 'init', '--name', 'fraud', '--no-install']);
    expect(made, made.text).toMatchObject({ code: 0 });
    expect(parse(read('serverless.yml')).plugins).toEqual(['seldon-lambda/serverless']);
    expect(JSON.parse(read('package.json')).devDependencies).toMatchObject({ 'seldon-lambda': '^0.0.1' });
    expect((await run(project, [...PROGRAM, '--version'])).text).toBe('0.0.1\n');
    expect((await run(project, TESTS)).code).toBe(0);
    expect(await memoryOf('predict')).toBe(512);
  }, 60_000);

  test('has the new defaults with the next version, and nothing of it was changed', async () => {
    const before = ['package.json', 'serverless.yml', 'tsconfig.json', 'models/Fraud.ts'].map(read);
    await install(project, tarball);
    expect((await run(project, TESTS)).code).toBe(0);
    expect(await memoryOf('predict')).toBe(1024);
    expect(['package.json', 'serverless.yml', 'tsconfig.json', 'models/Fraud.ts'].map(read)).toEqual(before);
  }, 60_000);

  test('is told by doctor what the next version needs', async () => {
    const { code, bad } = await doctor();
    expect(bad).toEqual([
      'packages: package.json does not ask for serverless-offline',
      'serverless.yml: has no plugin serverless-offline',
      `tsconfig.json: with "moduleResolution": "node10", TypeScript does not find 'seldon-lambda/testing'`,
    ]);
    expect(code).toBe(1);
  }, 60_000);

  test('has it after --fix, which changes nothing else', async () => {
    const before = { settings: parse(read('serverless.yml')), types: JSON.parse(read('tsconfig.json')) };
    const model = read('models/Fraud.ts');
    const { code, bad, fixed } = await doctor('--fix');
    expect({ code, bad }).toEqual({ code: 0, bad: [] });
    expect(fixed).toHaveLength(3);
    expect(parse(read('serverless.yml'))).toEqual({
      ...before.settings,
      plugins: ['seldon-lambda/serverless', 'serverless-offline'],
    });
    expect(read('serverless.yml')).toMatch(/^# The functions, the API/);
    expect(JSON.parse(read('tsconfig.json')).compilerOptions).toEqual({
      ...before.types.compilerOptions,
      module: 'preserve',
      moduleResolution: 'bundler',
    });
    expect(read('models/Fraud.ts')).toBe(model);
  }, 60_000);

  test('is tested and packaged as before, and its zip answers', async () => {
    expect((await run(project, TESTS)).code).toBe(0);
    const made = await run(project, [...SERVERLESS, 'package']);
    expect(made, made.text).toMatchObject({ code: 0 });
    expect(await callPackage(join(project, 'dist/model'), 'Fraud', 'a text')).toMatchObject({
      status: { reason: 'MICROSERVICE_BAD_DATA' },
    });
  }, 60_000);
});
