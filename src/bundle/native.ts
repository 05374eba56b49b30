import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin, PluginBuild } from 'esbuild';
import { type Architecture, machineOf, runsOn } from './machine.ts';
import { UserError } from './user-error.ts';

/** Knowledge about a package that its own files do not give. */
interface Rule {
  /** Files that functions do not need, by their path in the package. */
  readonly omit?: RegExp;
  /** Dependencies that only the installation of the package needs. */
  readonly installs?: readonly string[];
}

const RULES: Readonly<Record<string, Rule>> = {
  // Lambda has no GPU.
  'onnxruntime-node': {
    omit: /^script\/|providers_(cuda|tensorrt|shared)/,
    installs: ['adm-zip', 'global-agent'],
  },
};

/** Files for people and compilers, which no function reads. */
const UNUSED = /\.(d\.[cm]?ts|[cm]?ts|map|md)$/;

/** Packages with native code: name -> folder. */
export type NativePackages = Map<string, string>;

/**
 * Leaves packages with native code out of the bundle, because their binaries have to stay files of their own,
 * and collects them in `found`.
 *
 * @param isHere - the bundle runs on this machine: it then imports the packages from where they are
 *   installed.
 */
export function nativePackages(found: NativePackages, isHere: boolean): Plugin {
  const isOwn = Symbol();
  return {
    name: 'native-packages',
    setup({ onResolve, resolve }: PluginBuild) {
      onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === isOwn || path.startsWith('node:') || builtinModules.includes(path)) {
          return undefined;
        }
        const resolved = await resolve(path, { ...from, pluginData: isOwn });
        const owner = ownerOf(resolved.path);
        // esbuild itself reports a path that cannot be resolved.
        if (owner === undefined || !binariesOf(owner.folder).length) {
          return undefined;
        }
        found.set(owner.name, owner.folder);
        if (!isHere) {
          return { path, external: true };
        }
        const isRequired = from.kind.startsWith('require');
        return { path: isRequired ? resolved.path : pathToFileURL(resolved.path).href, external: true };
      });
    },
  };
}

/**
 * The files that a zip needs of packages with native code and of the packages that these depend on: path in
 * the zip -> path on this machine. Of binaries only those for Linux on `architecture` are included.
 *
 * @throws UserError when a package has no such binary, or when one that it depends on is not installed.
 */
export function nativeFiles(packages: NativePackages, architecture: Architecture): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, folder, base } of placements(packages)) {
    refuseWithoutBinary(name, folder, architecture);
    for (const path of pathsIn(folder)) {
      const file = join(folder, path);
      if (!UNUSED.test(path) && !RULES[name]?.omit?.test(path) && runsOn(architecture, file)) {
        files.set(`${base}/${path}`, file);
      }
    }
  }
  return files;
}

/** A package, and its folder in the zip. */
interface Placement {
  readonly name: string;
  readonly folder: string;
  readonly base: string;
}

/** Packages and all that they depend on. A second version of one goes below the package that needs it. */
function placements(packages: NativePackages): readonly Placement[] {
  const placed: Placement[] = [];
  const place = (name: string, folder: string, below: string) => {
    const first = placed.find((each) => each.name === name);
    if (first?.folder === folder) {
      return;
    }
    const base = first === undefined ? `node_modules/${name}` : `${below}/node_modules/${name}`;
    placed.push({ name, folder, base });
    for (const [dependency, found] of dependenciesOf(name, folder)) {
      place(dependency, found, base);
    }
  };
  for (const [name, folder] of packages) {
    place(name, folder, '');
  }
  return placed;
}

/** The dependencies of a package that functions need, each with its folder. */
function dependenciesOf(name: string, folder: string): (readonly [string, string])[] {
  const { dependencies = {}, optionalDependencies = {} } = readPackage(folder);
  const { installs = [] } = RULES[name] ?? {};
  const needed = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
    (each) => !installs.includes(each),
  );
  return needed.flatMap((dependency) => {
    const found = findPackage(dependency, folder);
    if (found !== undefined) {
      return [[dependency, found]];
    }
    if (dependency in optionalDependencies) {
      return [];
    }
    throw new UserError(`the package ${dependency}, which ${name} depends on, is not installed`);
  });
}

function refuseWithoutBinary(name: string, folder: string, architecture: Architecture): void {
  const binaries = binariesOf(folder);
  if (binaries.length === 0 || binaries.some((file) => machineOf(join(folder, file)) === architecture)) {
    return;
  }
  throw new UserError(
    `the package ${name} has no binary for Linux on ${architecture}; it has ${binaries.join(', ')}`,
  );
}

/** The package that a file belongs to. */
function ownerOf(path: string): { readonly name: string; readonly folder: string } | undefined {
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker);
  if (at < 0) {
    return undefined;
  }
  const parts = path.slice(at + marker.length).split(sep);
  const name = parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1).join('/');
  return { name, folder: join(path.slice(0, at), 'node_modules', name) };
}

function findPackage(name: string, from: string): string | undefined {
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

function readPackage(folder: string): {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** By folder: each import of a package asks for them. */
const knownBinaries = new Map<string, readonly string[]>();

/** The native modules of a package, for all platforms. */
function binariesOf(folder: string): readonly string[] {
  const binaries = knownBinaries.get(folder) ?? pathsIn(folder).filter((path) => path.endsWith('.node'));
  knownBinaries.set(folder, binaries);
  return binaries;
}

/** The files of a package without those of the packages inside it, sorted; paths with `/`. */
function pathsIn(folder: string): string[] {
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
