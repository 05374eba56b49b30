import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CLI = [process.execPath, 'src/cli/bin.js'];

describe.concurrent.each([
  ['package', 'npm run package'],
  ['contract', 'npm run contract'],
  ['batch', 'npm run batch'],
  ['new', 'npm run new'],
  ['start', 'npm start'],
])('%s', (name, called) => {
  test('--help says how it is called, every option, an example, and the exit codes', async () => {
    const { code, text } = await run(ROOT, [...CLI, name, '--help']);
    expect(text).toMatch(new RegExp(`^Usage: ${called} -- `));
    expect(text).toMatch(/^ {2}-h, --help +this text$/m);
    expect(text).toMatch(new RegExp(`^Examples:\n  ${called}`, 'm'));
    expect(text).toMatch(/^Exit code: 0 [\s\S]*2 \w/m);
    expect(code).toBe(0);
  });
});

describe.concurrent.each(['package', 'contract', 'batch', 'new'])('%s', (name) => {
  test('ends with 2, and one line, when the command is wrong', async () => {
    const { code, text } = await run(ROOT, [...CLI, name, '--no-such-option']);
    expect(text).toMatch(/^Unknown option '--no-such-option'.*\n$/);
    expect(code).toBe(2);
  });
});
