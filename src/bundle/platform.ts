import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findPackage, type InstalledPackage, pathsIn, readManifest } from './installed.ts';
import { type Architecture, machineOf } from './machine.ts';
import { UserError } from './user-error.ts';

// Many packages with native code have none themselves: they choose one of several packages, of which npm
// installs only those for the machine that it runs on. `@img/sharp-linux-x64` is one. One that is not
// installed has no package.json here, but its name says the same.
const SYSTEM =
  /(?:^|[-/@_.])(linux|linuxmusl|darwin|win32|windows|android|freebsd|openbsd|netbsd|sunos)(?=$|[-_.])/;
const CPU =
  /(?:^|[-/@_.])(x64|x86_64|amd64|arm64|aarch64|ia32|arm\w*|ppc64\w*|s390x|riscv64|loong64|mips\w*)(?=$|[-_.])/;
const SAME: Readonly<Record<string, string>> = { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64' };

/** True for a package that is for some systems or processors only. */
export function isForPlatforms(name: string, folder: string | undefined): boolean {
  const { os, cpu } = folder === undefined ? {} : readManifest(folder);
  return os !== undefined || cpu !== undefined || (SYSTEM.test(name) && CPU.test(name));
}

/** True for a package that works on Lambda: Linux with glibc on `architecture`. */
export function fits(name: string, folder: string | undefined, architecture: Architecture): boolean {
  const { os, cpu, libc } = folder === undefined ? {} : readManifest(folder);
  const system = SYSTEM.exec(name)?.[1];
  const processor = CPU.exec(name)?.[1] ?? architecture;
  return (
    allows(os ?? (system && [system]), 'linux') &&
    allows(cpu ?? [SAME[processor] ?? processor], architecture) &&
    allows(libc, 'glibc') &&
    !/musl/.test(name)
  );
}

/** The list of a package.json: names, or names that are excluded as in `!win32`. */
function allows(list: readonly string[] | string | undefined, value: string): boolean {
  const names = [list ?? []].flat();
  const wanted = names.filter((name) => !name.startsWith('!'));
  return !names.includes(`!${value}`) && (wanted.length === 0 || wanted.includes(value));
}

/** The optional dependencies of a package that are for some platforms only. */
export function variantsOf(folder: string): string[] {
  const { optionalDependencies = {} } = readManifest(folder);
  return Object.keys(optionalDependencies).filter((name) => isForPlatforms(name, findPackage(name, folder)));
}

/**
 * True for a package that has native code, or that chooses a package with native code by the platform. One
 * whose variants are all for other systems than Linux, as those of macOS only, needs none on Lambda.
 */
export function isNative(folder: string): boolean {
  const known = natives.get(folder);
  if (known !== undefined) {
    return known;
  }
  const result =
    binariesOf(folder).length > 0 ||
    existsSync(join(folder, 'binding.gyp')) ||
    hasLinuxVariants(folder) ||
    isForPlatforms('', folder);
  natives.set(folder, result);
  return result;
}

function hasLinuxVariants(folder: string): boolean {
  const isFor = (name: string, architecture: Architecture) =>
    fits(name, findPackage(name, folder), architecture);
  return variantsOf(folder).some((name) => isFor(name, 'x64') || isFor(name, 'arm64'));
}

/** By folder: each import of a package asks for it. */
const natives = new Map<string, boolean>();

/** The native modules of a package, for all platforms. */
function binariesOf(folder: string): readonly string[] {
  return pathsIn(folder).filter((path) => path.endsWith('.node'));
}

/** Names what a package lacks for Lambda, and how to install it; undefined when it lacks nothing. */
export function lackOf({ name, folder }: InstalledPackage, architecture: Architecture): string | undefined {
  const variants = variantsOf(folder);
  const wanted = variants.filter((each) => fits(each, findPackage(each, folder), architecture));
  const absent = wanted.filter((each) => findPackage(each, folder) === undefined);
  const target = `for Linux on ${architecture}`;
  if (absent.length > 0) {
    return `the package ${name} needs ${absent.join(' and ')} ${target}: ${installLine(folder, absent)}`;
  }
  const binaries = binariesOf(folder);
  const hasOwn = binaries.some((file) => machineOf(join(folder, file)) === architecture);
  const isGyp = existsSync(join(folder, 'binding.gyp'));
  if (wanted.length > 0 || hasOwn || (binaries.length === 0 && !isGyp && !hasLinuxVariants(folder))) {
    return undefined;
  }
  const build = `npm_config_platform=linux npm_config_arch=${architecture} npm rebuild ${name}`;
  return (
    `the package ${name} has no binary ${target}; it has ${[...binaries, ...variants].join(', ') || 'none'}` +
    (isGyp ? `. Many such packages fetch or build it with: ${build}` : '')
  );
}

/**
 * Adds packages for another platform to those of this machine. `--os` and `--cpu` of npm would replace these,
 * and with them the compiler that makes the zip.
 */
function installLine(folder: string, names: readonly string[]): string {
  const { optionalDependencies = {} } = readManifest(folder);
  const wanted = names.map((name) => `${name}@${optionalDependencies[name]}`);
  return `npm install --no-save --force ${wanted.map((each) => (/^[\w.@/^~-]+$/.test(each) ? each : `'${each}'`)).join(' ')}`;
}

/**
 * Refuses a package that cannot work on Lambda.
 *
 * @throws UserError with the npm line that installs what it lacks.
 */
export function refuseLack(of: InstalledPackage, architecture: Architecture): void {
  const lack = lackOf(of, architecture);
  if (lack !== undefined) {
    throw new UserError(lack);
  }
}
