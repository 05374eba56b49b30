import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { ownerOf, readManifest } from './installed.ts';

/** Files with the terms of a package, by their path in it. */
export const LICENCE = /^(licen[cs]e|copying|notice|copyright)/i;

/**
 * The terms of this package and of all packages whose code is in the bundle, as one text: most of them ask
 * that it goes along with every copy. Packages outside of the bundle have theirs in their own folders.
 */
export function licencesOf(metafile: Metafile, root: string, library: string): string {
  const own = packageOf(library);
  const sources = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Map<string, string>();
  for (const source of sources) {
    const owner = ownerOf(join(root, source));
    if (owner && owner.folder !== own) {
      const { version = '' } = readManifest(owner.folder);
      folders.set(`${owner.name} ${version}`, owner.folder);
    }
  }
  const packages = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
  return [['seldon-lambda', own] as const, ...packages]
    .map(([title, folder]) => termsOf(title, folder))
    .join('\n');
}

/** The folder of the package.json that a folder belongs to. */
function packageOf(folder: string): string {
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, 'package.json')) ? folder : packageOf(above);
}

function termsOf(title: string, folder: string): string {
  const { license = 'not named' } = readManifest(folder);
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => LICENCE.test(name))
        .sort()
    : [];
  const texts = names.map((name) => `\n${readFileSync(join(folder, name), 'utf8').trim()}\n`);
  return `${'='.repeat(72)}\n${title}\nLicence: ${license}\n${texts.join('')}`;
}
