import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A package that is installed: its name, which its folder has, and its folder. */
export interface InstalledPackage {
  readonly name: string;
  readonly folder: string;
}

/** The parts of a package.json that decide about the zip. */
export interface Manifest {
  readonly version?: string;
  readonly type?: string;
  readonly license?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const MARKER = `${sep}node_modules${sep}`;

/** The package that a file belongs to; undefined for a file of the user. */
export function ownerOf(path: string): InstalledPackage | undefined {
  const at = path.lastIndexOf(MARKER);
  if (at < 0) {
    return undefined;
  }
  const name = nameOf(path.slice(at + MARKER.length).replaceAll(sep, '/'));
  return { name, folder: join(path.slice(0, at), 'node_modules', name) };
}

/** The package of an import: `@scope/name/file` -> @scope/name. */
export function nameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder of a package as node finds it from `from`; undefined when it is not installed. */
export function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) {
      return candidate;
    }
    if (folder === dirname(folder)) {
      return undefined;
    }
  }
}

/** The package.json of a folder; empty when there is none. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** True when a package says that it works without another one. */
export function isOptionalFor({ folder }: InstalledPackage, name: string): boolean {
  const { optionalDependencies = {}, peerDependenciesMeta = {} } = readManifest(folder);
  return name in optionalDependencies || peerDependenciesMeta[name]?.optional === true;
}

/**
 * The names of the packages that a package needs, and of those that it uses when they are there: its optional
 * dependencies, its peers, and of the optional peers those that the project itself depends on.
 */
export function dependenciesOf(folder: string): { readonly needed: string[]; readonly used: string[] } {
  const manifest = readManifest(folder);
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = manifest;
  const { peerDependenciesMeta = {} } = manifest;
  const project = readManifest(folder.slice(0, folder.indexOf(MARKER)));
  const isInProject = (name: string) => name in { ...project.dependencies, ...project.optionalDependencies };
  const peers = Object.keys({ ...peerDependencies, ...peerDependenciesMeta });
  const needed = Object.keys(dependencies).filter((name) => !(name in optionalDependencies));
  const wanted = peers.filter((name) => peerDependenciesMeta[name]?.optional !== true || isInProject(name));
  const used = new Set([...Object.keys(optionalDependencies), ...wanted]);
  return { needed, used: [...used].filter((name) => !needed.includes(name)) };
}

/** The files of a package without those of the packages inside it, sorted; paths with `/`. */
export function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .filter((path) => !/(^|\/)node_modules\//.test(path))
    .sort();
}
