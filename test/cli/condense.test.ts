import { SourceMap } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import type { Bundle } from '../../src/bundle/result.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUTDIR = 'dist/condensed';

let bundled: Bundle;

beforeAll(async () => {
  const models = { Identity: 'test/models/conformance/Identity.ts' };
  bundled = await bundle({ root: ROOT, models, outdir: OUTDIR, minify: true, hasGraph: true });
}, 60_000);

const textOf = (path: string) => Buffer.from(bundled.files.get(path) as Uint8Array).toString();
const code = () => [...bundled.files.keys()].filter((path) => path.endsWith('.mjs'));

test('a file that is imported lazily has code of its own, or loads more than the file that has it', () => {
  const { outputs } = bundled.metafile;
  const importsOf = (path: string) => outputs[path]?.imports.map((each) => each.path) ?? [];
  const facades = Object.entries(outputs).filter(
    ([path, { inputs }]) =>
      path.startsWith(`${OUTDIR}/chunks/`) &&
      path.endsWith('.mjs') &&
      Object.values(inputs).every(({ bytesInOutput }) => bytesInOutput === 0),
  );
  for (const [path, { entryPoint }] of facades) {
    const [target = '', ...others] = importsOf(path);
    const beside = others.filter((each) => !importsOf(target).includes(each));
    expect(beside, entryPoint).not.toEqual([]);
  }
});

test('every import is of a file that is there, as the record says', () => {
  expect(code().length).toBeGreaterThan(50);
  for (const path of code()) {
    const found = [...textOf(path).matchAll(/(?:from|import\(?)"(\.[^"]+)"/g)].map(([, name]) =>
      join(dirname(path), name as string),
    );
    expect(
      found.filter((each) => !bundled.files.has(each)),
      path,
    ).toEqual([]);
    const { imports = [] } = bundled.metafile.outputs[`${OUTDIR}/${path}`] ?? {};
    const recorded = imports.filter((each) => !each.external).map((each) => `${each.path}`);
    expect([...new Set(recorded.map((each) => each.slice(OUTDIR.length + 1)))].sort(), path).toEqual(
      [...new Set(found)].sort(),
    );
  }
});

test('the record has the bytes of every file', () => {
  for (const path of code()) {
    const { bytes } = bundled.metafile.outputs[`${OUTDIR}/${path}`] ?? {};
    expect(bytes, path).toBe(bundled.files.get(path)?.length);
  }
});

test('require is defined where it is called, and nowhere else', () => {
  for (const path of code()) {
    const [first = '', ...rest] = textOf(path).split('\n');
    expect(first.startsWith('const require='), path).toBe(/\brequire\b(?!-)/.test(rest.join('\n')));
  }
});

test('source maps give the place of any text', () => {
  let count = 0;
  for (const path of code().filter((each) => bundled.maps.has(`${each}.map`))) {
    const map = JSON.parse(Buffer.from(bundled.maps.get(`${path}.map`) as Uint8Array).toString());
    const places = new SourceMap(map);
    const lines = textOf(path).split('\n');
    for (const [text] of textOf(path).matchAll(/(?<=badData\(|Error\()["'`][a-z ]{8,}/g)) {
      const line = lines.findIndex((each) => each.includes(text));
      const entry = places.findEntry(line, (lines[line] as string).indexOf(text));
      if (!('originalLine' in entry)) {
        throw new Error(`${path}: ${text} has no place`);
      }
      const index = map.sources.findIndex((each: string) => each === entry.originalSource);
      const original = (map.sourcesContent[index] as string).split('\n')[entry.originalLine] as string;
      expect(original.slice(entry.originalColumn), `${basename(path)} ${text}`).toContain(text.slice(1));
      count++;
    }
  }
  expect(count).toBeGreaterThan(15);
});
