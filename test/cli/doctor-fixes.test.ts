import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeFiles } from '../support/packages.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';
import { quick } from '../support/user-project.ts';

afterAll(removeFolders, 60_000);

/** The lines that doctor prints for a folder, without those about the machine. */
async function doctor(folder: string, ...args: readonly string[]) {
  const { code, text } = await quick(folder, ['doctor', ...args]);
  expect(text).not.toMatch(/^\s+at /m);
  return { code, stdout: text.split('\n') };
}

describe('doctor --fix', () => {
  const settings = (text: string) => `service: shop\nprovider: { name: aws }\n${text}`;

  test('offers nothing for a list that it cannot add to, and leaves the file as it is', async () => {
    const folder = temporaryFolder();
    const text = settings('plugins: a text\nmodels: another\n');
    writeFiles(folder, { 'serverless.yml': text });
    const { stdout } = await doctor(folder, '--fix');
    expect(stdout.join('\n')).toMatch(/add it to plugins: \[.*\]\n/);
    expect(readFileSync(join(folder, 'serverless.yml'), 'utf8')).toBe(text);
  });

  test('reads plugins that stand beside a folder', async () => {
    const folder = temporaryFolder();
    const plugins =
      'plugins: { localPath: ./own, modules: [serverless-offline, seldon-lambda/serverless] }\n';
    writeFiles(folder, { 'serverless.yml': settings(`${plugins}models: [Fraud]\n`) });
    const { stdout } = await doctor(folder);
    expect(stdout.join('\n')).toContain('has the plugins and the models');
  });

  test('keeps the line ends and the mark of Windows', async () => {
    const folder = temporaryFolder();
    const text = `\ufeff${settings('models: [Fraud]\n').replaceAll('\n', '\r\n')}`;
    writeFiles(folder, { 'serverless.yml': text, 'tsconfig.json': '\ufeff{}\r\n' });
    const { stdout } = await doctor(folder, '--fix');
    expect(stdout.filter((line) => line.startsWith('fixed'))).toHaveLength(3);
    expect(readFileSync(join(folder, 'serverless.yml'), 'utf8')).toBe(
      `${text}\r\nplugins:\r\n  - serverless-offline\r\n  - seldon-lambda/serverless\r\n`,
    );
    const types = readFileSync(join(folder, 'tsconfig.json'), 'utf8');
    expect(types).toContain('"moduleResolution": "bundler"');
  });

  test('leaves a tsconfig.json that compiles to CommonJS, and writes one for the models', async () => {
    const folder = temporaryFolder();
    const types = '{ "compilerOptions": { "module": "CommonJS", "outDir": "dist" }, "include": ["src"] }';
    writeFiles(folder, { 'tsconfig.json': types, 'serverless.yml': settings('modelFolder: src/ml\n') });
    const { stdout } = await doctor(folder);
    expect(stdout.join('\n')).toContain(
      'write src/ml/tsconfig.json for the models, and add "src/ml" to "exclude"',
    );
    const fixed = await doctor(folder, '--fix');
    expect(fixed.stdout).toContain('fixed src/ml/tsconfig.json: written');
    expect(fixed.stdout.join('\n')).toMatch(/ok +tsconfig\.json +finds the types/);
    expect(readFileSync(join(folder, 'tsconfig.json'), 'utf8')).toBe(types);
  });

  test('names a package of another major version, and asks for ours', async () => {
    const folder = temporaryFolder();
    const asked = { 'seldon-lambda': '*', serverless: '^3.0.0', 'serverless-offline': '^14.0.0' };
    writeFiles(folder, {
      'package.json': { dependencies: { serverless: '^3.0.0' }, devDependencies: asked },
      'node_modules/serverless/package.json': { name: 'serverless', version: '3.39.0' },
      'node_modules/serverless/bin/serverless.js': '',
      'node_modules/serverless-offline/package.json': {
        name: 'serverless-offline',
        version: '14.0.1',
        main: 'a.js',
      },
      'node_modules/serverless-offline/a.js': '',
    });
    const { stdout, code } = await doctor(folder, '--fix');
    expect(stdout.join('\n')).toMatch(
      /fail +packages +serverless 3\.39\.0 is installed; seldon-lambda \S+ works with npm:osls@\^4/,
    );
    expect(code).toBe(1);
    const { devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(devDependencies).toEqual({ ...asked, serverless: expect.stringMatching(/^npm:osls@\^4/) });
  });
});

test.each([
  [{ HTTP_PORT: 'NaN' }, 'httpPort is "NaN"'],
  [{ HTTP_PORT: '' }, 'httpPort is ""'],
  [{ HTTP_PORT: '65534' }, 'lambdaPort is 65536'],
  [{ LAMBDA_PORT: '9e3' }, 'lambdaPort is "9e3"'],
])('doctor names a port that is none: %j', async (environment, sentence) => {
  const { text } = await quick(temporaryFolder(), ['doctor'], environment);
  expect(text).toContain(`${sentence}; expected a port, 1 to 65535`);
  expect(text).not.toMatch(/^\s+at /m);
});
