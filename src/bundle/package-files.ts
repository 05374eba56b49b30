import { dirname, join } from 'node:path';
import { dependenciesOf, findPackage, isOptionalFor, pathsIn } from './installed.ts';
import { LICENCE } from './licences.ts';
import { type Architecture, runsOn } from './machine.ts';
import type { OutsidePackages } from './outside.ts';
import { fits, isForPlatforms, isNative, lackOf } from './platform.ts';
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
const UNUSED = /\.(d\.[cm]?ts|[cm]?ts|map|md|c|cc|cpp|h|hpp|gypi?)$|\.(test|spec)\.[cm]?js$/;

/** The files of packages in the zip. */
export interface PackageFiles {
  /** Path in the zip -> path on this machine. */
  readonly files: ReadonlyMap<string, string>;
  /** Optional packages that were left out, and why. */
  readonly warnings: readonly string[];
}

/**
 * The files that a zip needs of the packages outside of the bundle and of those that these depend on. Of
 * binaries only those for Linux on `architecture` are included.
 *
 * @throws UserError when a package has no such binary, or when one that it depends on is not installed.
 */
export function packageFiles(packages: OutsidePackages, architecture: Architecture): PackageFiles {
  const files = new Map<string, string>();
  const { placed, warnings } = placements(packages, architecture);
  for (const [base, { name, folder }] of placed) {
    for (const path of pathsIn(folder)) {
      const file = join(folder, path);
      const isUsed = !UNUSED.test(path) || LICENCE.test(path);
      if (isUsed && !RULES[name]?.omit?.test(path) && runsOn(architecture, file)) {
        files.set(`${base}/${path}`, file);
      }
    }
  }
  return { files, warnings };
}

interface Placed {
  readonly name: string;
  readonly folder: string;
}

/**
 * The folders of packages in the zip, with all that they depend on. A second version of a package goes below
 * the package that needs it.
 */
function placements(packages: OutsidePackages, architecture: Architecture) {
  const placed = new Map<string, Placed>();
  const warnings: string[] = [];
  const isLeftOut = (each: Placed, isOptional: boolean) => {
    const lack = lackOf(each, architecture);
    if (lack !== undefined && !isOptional) {
      throw new UserError(lack);
    }
    if (lack !== undefined) {
      warnings.push(`${lack}; it is optional, and left out`);
    }
    return lack !== undefined;
  };
  const placeNeeds = (base: string, { name, folder }: Placed) => {
    for (const { isOptional, ...needed } of needsOf(name, folder, architecture)) {
      const found = lookUp(placed, base, needed.name);
      if (found?.folder !== needed.folder && !isLeftOut(needed, isOptional)) {
        const next = `${found === undefined ? '' : `${base}/`}node_modules/${needed.name}`;
        placed.set(next, needed);
        placeNeeds(next, needed);
      }
    }
  };
  // The bundle imports these by their places: they come first.
  const direct = [...packages.values()]
    .filter((each) => !isLeftOut(each, each.isOptional))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  for (const { name, folder, place } of direct) {
    const other = placed.get(`node_modules/${place}`);
    if (other !== undefined) {
      throw new UserError(`${other.folder} and ${folder} are both node_modules/${place} in the zip`);
    }
    placed.set(`node_modules/${place}`, { name, folder });
  }
  for (const { name, folder, place } of direct) {
    placeNeeds(`node_modules/${place}`, { name, folder });
  }
  return { placed, warnings };
}

/** The package that node finds in the zip from another one's folder. */
function lookUp(placed: ReadonlyMap<string, Placed>, base: string, name: string): Placed | undefined {
  for (let folder = base; folder !== '.'; folder = dirname(folder)) {
    const found = placed.get(`${folder}/node_modules/${name}`);
    if (found !== undefined) {
      return found;
    }
  }
  return placed.get(`node_modules/${name}`);
}

/** The packages that one needs on Lambda; an optional one only if it is installed and for Lambda. */
function needsOf(name: string, folder: string, architecture: Architecture) {
  const { installs = [] } = RULES[name] ?? {};
  const { needed, used } = dependenciesOf(folder);
  return [...needed, ...used]
    .filter((each) => !installs.includes(each))
    .flatMap((dependency) => {
      const found = findPackage(dependency, folder);
      const isOptional = isOptionalFor({ name, folder }, dependency);
      if (found === undefined && needed.includes(dependency)) {
        throw new UserError(`the package ${dependency}, which ${name} depends on, is not installed`);
      }
      const isUseless =
        found === undefined ||
        (isNative(found) && isForPlatforms(dependency, found) && !fits(dependency, found, architecture));
      return isUseless ? [] : [{ name: dependency, folder: found, isOptional }];
    });
}
