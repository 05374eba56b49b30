import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const DOCUMENTS = [
  'README.md',
  'models/FROM-PYTHON.md',
  ...readdirSync(new URL('.github', ROOT))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `.github/${file}`),
];

/** The document without its blocks of code. */
function proseOf(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '');
}

/** The anchors that GitHub gives to the headings of a document. */
function anchorsOf(path: string): string[] {
  return [...proseOf(read(path)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a document that lead nowhere. */
function brokenLinks(path: string): string[] {
  const links = [...proseOf(read(path)).matchAll(/(?:\]\(|(?:src|srcset)=")([^)"\s]+)[)"]/g)];
  return links
    .map(([, link]) => link as string)
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : posix.join(posix.dirname(path), file);
      const isThere = existsSync(new URL(target, ROOT));
      return !isThere || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
}

describe.each(DOCUMENTS)('%s', (path) => {
  test('has links that lead somewhere', () => {
    expect(brokenLinks(path)).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const blocks = [...read(path).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code]) => code as string);
    const named = blocks.flatMap((code) =>
      [...code.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, script]) => script as string),
    );
    expect(
      named.filter((script) => !['ci', 'install', 'create'].includes(script) && !(script in scripts)),
    ).toEqual([]);
  });
});

test('the README is short, and names how to start', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(300);
  expect(read('README.md')).toContain('npm ci && npm start');
});

test('no prose is wider than the code', () => {
  const wide = DOCUMENTS.filter((path) => path.startsWith('.github') || path === 'README.md').flatMap(
    (path) =>
      proseOf(read(path))
        .split('\n')
        .filter((line) => line.length > 110 && !/^(\||!\[| *<)/.test(line))
        .map((line) => `${path}: ${line}`),
  );
  expect(wide).toEqual([]);
});

test('no comment in the sources is wider than the code, but for tables and addresses', () => {
  const wide = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .flatMap((file) =>
      read(`src/${file}`)
        .split('\n')
        .filter((line) => line.length > 110 && /^ *(\*|\/\/|\/\*)(?! \| | +https:)/.test(line))
        .map((line) => `src/${file}: ${line}`),
    );
  expect(wide).toEqual([]);
});

test('the files that CONTRIBUTING names exist', () => {
  const [, table = ''] = /\n\| new \|([\s\S]*?)\n\n/.exec(read('.github/CONTRIBUTING.md')) ?? [];
  const rows = table.split('\n').slice(2);
  expect(rows.length).toBeGreaterThan(8);
  const named = rows.flatMap((row) =>
    row
      .split(' | ')
      .slice(2)
      .flatMap((cell) => [...cell.matchAll(/`((?:src|test|handlers|\.github)\/[^`]+|serverless\.yml)`/g)])
      .map(([, path]) => path as string),
  );
  expect(named.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
});

test('the two pictures of the architecture differ in their colours only', () => {
  const shapes = (name: string) => read(`.github/architecture-${name}.svg`).replace(/#[0-9a-f]{6}/g, '');
  expect(shapes('dark')).toBe(shapes('light'));
});
