import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin, PluginBuild } from 'esbuild';
import { UserError } from './user-error.ts';

/** What Lambda has: its words for x86_64 and arm64 are node's here. */
export type Architecture = 'arm64' | 'x64';

/** The machine in the header of an ELF file. */
const MACHINES: Readonly<Record<number, Architecture>> = { 62: 'x64', 183: 'arm64' };

/** What is known of a package beyond what its files say. */
interface Rule {
  /** Files that functions have no use for, by their path in the package. */
  readonly omit?: RegExp;
  /** Dependencies that only its installation needs. */
  readonly installs?: readonly string[];
}

const RULES: Readonly<Record<string, Rule>> = {
  // Lambda has no GPU.
  'onnxruntime-node': {
    omit: /^script\/|providers_(cuda|tensorrt|shared)/,
    installs: ['adm-zip', 'global-agent'],
  },
};

/** Read by people and compilers only. */
const UNUSED = /\.(d\.[cm]?ts|[cm]?ts|map|md)$/;

/** Packages with native code, by name: the folder of each. */
export type NativePackages = Map<string, string>;

/**
 * Keeps packages with native code out of the bundle, and in `found`: their binaries are files of their own.
 *
 * @param isHere - whether the bundle runs where it is made: then it imports them from where they are.
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
        // What cannot be resolved, esbuild reports.
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
 * What a zip needs of packages with native code and of what these depend on: path in the zip, path here.
 *
 * Of binaries, only those for Linux on `architecture` are taken.
 *
 * @throws UserError when a package has none, or one that it depends on is not installed.
 */
export function nativeFiles(packages: NativePackages, architecture: Architecture): Map<string, string> {
  const files = new Map<string, string>();
  const placed = new Map<string, string>();
  const place = (name: string, folder: string, below: string) => {
    const base =
      placed.has(name) && placed.get(name) !== folder
        ? `${below}/node_modules/${name}`
        : `node_modules/${name}`;
    if (placed.get(name) === folder) {
      return;
    }
    if (!placed.has(name)) {
      placed.set(name, folder);
    }
    refuseWithout(name, folder, architecture);
    const { omit, installs = [] } = RULES[name] ?? {};
    for (const path of pathsIn(folder)) {
      const file = join(folder, path);
      if (UNUSED.test(path) || omit?.test(path) || !isFor(architecture, file)) {
        continue;
      }
      files.set(`${base}/${path}`, file);
    }
    const { dependencies = {}, optionalDependencies = {} } = readPackage(folder);
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (installs.includes(dependency)) {
        continue;
      }
      const found = findPackage(dependency, folder);
      if (found !== undefined) {
        place(dependency, found, base);
      } else if (!(dependency in optionalDependencies)) {
        throw new UserError(`the package ${dependency}, which ${name} depends on, is not installed`);
      }
    }
  };
  for (const [name, folder] of packages) {
    place(name, folder, '');
  }
  return files;
}

function refuseWithout(name: string, folder: string, architecture: Architecture): void {
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

const binaries = new Map<string, readonly string[]>();

/** A package's modules of native code, for whatever platform. */
function binariesOf(folder: string): readonly string[] {
  const known = binaries.get(folder) ?? pathsIn(folder).filter((path) => path.endsWith('.node'));
  binaries.set(folder, known);
  return known;
}

/** The files of a package without those of packages inside of it; paths with `/`. */
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

/** Anything but a program of another platform. */
function isFor(architecture: Architecture, file: string): boolean {
  const machine = machineOf(file);
  return machine === undefined || machine === architecture;
}

/** What a program runs on; undefined for what is no program. */
function machineOf(file: string): Architecture | 'another' | undefined {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header);
  closeSync(descriptor);
  if (length < header.length) {
    return undefined;
  }
  if (header.readUInt32BE(0) === 0x7f454c46) {
    return MACHINES[header.readUInt16LE(18)] ?? 'another';
  }
  const isMach = [0xfeedface, 0xfeedfacf, 0xcafebabe, 0xcffaedfe, 0xcefaedfe].includes(
    header.readUInt32BE(0),
  );
  const isWindows = header.toString('latin1', 0, 2) === 'MZ';
  return isMach || isWindows ? 'another' : undefined;
}
