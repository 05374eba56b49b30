import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIBRARY } from '../bundle/own-code.ts';

/** The part of this package's package.json that the commands read. */
interface OwnPackage {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** This package's package.json, which lies in the library or, once built, above it. */
export function ownPackage(): OwnPackage {
  const [file = ''] = ['package.json', '../../package.json']
    .map((path) => join(LIBRARY, path))
    .filter((path) => existsSync(path));
  return JSON.parse(readFileSync(file, 'utf8')) as OwnPackage;
}

/** The version of a package that this one is tested with, as its package.json asks for it. */
export function testedVersion(name: string): string {
  const version = ownPackage().devDependencies[name];
  if (version === undefined) {
    throw new Error(`${name} is not among our own devDependencies`);
  }
  // One that is exact here may be newer there.
  return /^\d/.test(version) ? `^${version}` : version;
}
