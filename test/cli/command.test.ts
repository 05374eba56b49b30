import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe.concurrent.each(['package', 'contract', 'new'])('npm run %s', (name) => {
  const command = [process.execPath, '--import', 'tsx', `src/cli/${name}.ts`];

  test('--help says how it is called, every option, and the exit codes', async () => {
    const { code, text } = await run(ROOT, [...command, '--help']);
    expect(text).toContain(`\n  npm run ${name} -- `);
    expect(text).toMatch(/^ {2}-h, --help +this text$/m);
    expect(text).toMatch(/^Exit code: 0 [\s\S]*2 the command/m);
    expect(code).toBe(0);
  });

  test('ends with 2, and one line, when the command is wrong', async () => {
    const { code, text } = await run(ROOT, [...command, '--no-such-option']);
    expect(text).toMatch(/^Unknown option '--no-such-option'.*\n$/);
    expect(code).toBe(2);
  });
});
