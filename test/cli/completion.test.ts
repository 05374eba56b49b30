import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeFolders, run, temporaryFolder } from '../support/project.ts';
import { quick, quickProgram } from '../support/user-project.ts';

/** Words on a command line -> possibilities that are among those that a shell shows. */
const CASES: readonly (readonly [words: readonly string[], some: readonly string[]])[] = [
  [['pack'], ['package']],
  [[''], ['contract', 'doctor', 'init', 'new', 'package', 'start']],
  [['package', '--ar'], ['--arch']],
  [['package', '--arch', 'x'], ['x64']],
  [['new', 'Fraud', '-t', 'RO'], ['ROUTER']],
  [['contract', 'a.json', '--endpoint', 'ro'], ['route']],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
];

let folder: string;
let PATH: string;

beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'work'));
  const program = join(folder, 'bin/seldon-lambda');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${quickProgram()}" "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'work/iris.contract.json'), '');
  PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
});

afterAll(removeFolders, 60_000);

async function inShell(shell: string, code: string): Promise<string[]> {
  const { text } = await run(join(folder, 'work'), [shell, '-c', code], { PATH });
  return text.split('\n').filter((line) => line !== '');
}

/** The possibilities that bash would show for each of some lines, by its own machinery. */
async function inBash(...lines: readonly (readonly string[])[]): Promise<string[][]> {
  const asked = lines.map((words) => {
    const quoted = ['seldon-lambda', ...words].map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _seldon_lambda; echo "> \${COMPREPLY[*]}"`;
  });
  // Twice, as a shell that reads its settings again does.
  const source = 'source ./bash; source ./bash';
  const shown = await inShell('bash', [source, ...asked].join('\n'));
  return shown.map((line) => line.slice('> '.length).split(' ').filter(Boolean));
}

describe('bash', () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'work/bash'), (await quick(folder, ['completion', 'bash'])).text);
  });

  test('completes commands, options and values', async () => {
    const found = await inBash(...CASES.map(([words]) => words));
    expect(found).toEqual(CASES.map(([, some]) => expect.arrayContaining([...some])));
    const others = CASES.flatMap(([words], index) =>
      (found[index] ?? []).filter((word) => !word.startsWith(words.at(-1) as string)),
    );
    expect(others).toEqual([]);
  });

  test('completes a value behind "=", which it takes for a word of its own', async () => {
    expect(await inBash(['package', '--arch', '=', 'arm'], ['package', '--arch', '='])).toEqual([
      ['arm64'],
      ['arm64', 'x64'],
    ]);
  });

  test('leaves files to the shell, and evaluates nothing that was typed', async () => {
    expect(await inBash(['contract', 'ir'], ['package', '--model', '$(touch evaluated)', ''])).toEqual([
      [],
      [],
    ]);
    expect(existsSync(join(folder, 'work/evaluated'))).toBe(false);
    expect(await inShell('bash', 'source ./bash; complete -p seldon-lambda')).toEqual([
      'complete -o bashdefault -o default -F _seldon_lambda seldon-lambda',
    ]);
  });
});

describe.each([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('%s', (shell, check) => {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0;

  test.skipIf(!isThere)('can read its script', async () => {
    const script = join(folder, shell);
    writeFileSync(script, (await quick(folder, ['completion', shell])).text);
    expect(await run(folder, [shell, ...check, script])).toEqual({ code: 0, text: '' });
  });
});

/** The possibilities that our function hands to zsh, whose own functions need a terminal. */
const ZSH = `
compdef() {}
_files() { print :files }
_describe() { print -rl -- "\${(@P)2%%:*}" }
source <(seldon-lambda completion zsh)
words=("$@") CURRENT=$#
_seldon_lambda
`;

describe.skipIf(spawnSync('zsh', ['-c', 'true']).status !== 0)('zsh completes', () => {
  const inZsh = async (...words: readonly string[]) => {
    const script = join(folder, 'complete.zsh');
    writeFileSync(script, ZSH);
    const { text } = await run(join(folder, 'work'), ['zsh', '-f', script, 'seldon-lambda', ...words], {
      PATH,
    });
    return text.split('\n').filter((line) => line !== '');
  };

  test.each(CASES)('%j', async (words, some) => {
    expect(await inZsh(...words)).toEqual(expect.arrayContaining([...some]));
  });

  test('a value behind "=", files, and evaluates nothing', async () => {
    expect(await inZsh('package', '--arch=x')).toEqual(['--arch=x64']);
    expect(await inZsh('contract', 'ir')).toEqual([':files']);
    expect(await inZsh('package', '--model', '$(touch evaluated)', '')).toEqual([]);
    expect(existsSync(join(folder, 'work/evaluated'))).toBe(false);
  });
});

test.skipIf(spawnSync('fish', ['-c', 'true']).status !== 0)('fish completes a value behind "="', async () => {
  const line = "seldon-lambda completion fish | source; complete -C 'seldon-lambda package --arch=x'";
  expect((await inShell('fish', line)).map((text) => text.split('\t')[0])).toEqual(['--arch=x64']);
});

test.skipIf(spawnSync('fish', ['-c', 'true']).status !== 0).each(CASES)(
  'fish completes %j',
  async (words, some) => {
    const line = ['seldon-lambda', ...words].join(' ');
    const found = await inShell('fish', `seldon-lambda completion fish | source; complete -C '${line}'`);
    expect(found.map((text) => text.split('\t')[0])).toEqual(expect.arrayContaining([...some]));
  },
);

test('another shell is refused, with those that there are', async () => {
  const { code, text } = await quick(folder, ['completion', 'tcsh']);
  expect(text).toBe('expected one of bash, zsh, fish, got "tcsh"\n');
  expect(code).toBe(2);
});

test('the command that the scripts call is not in the help', async () => {
  const { text } = await quick(folder, ['--help']);
  expect(text).toContain('completion');
  expect(text).not.toMatch(/^ +complete /m);
});
