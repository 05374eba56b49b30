import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { type InstalledPackage, isOptionalFor, nameOf, ownerOf, readManifest } from './installed.ts';
import { isNative } from './platform.ts';

/** A package that stays outside of the bundle, as files in node_modules. */
export interface OutsidePackage extends InstalledPackage {
  /** Its folder in node_modules of the zip: its name, or `name@version` for another version of it. */
  readonly place: string;
  /** All that import it work without it. */
  readonly isOptional: boolean;
}

/** By their folders on this machine. */
export type OutsidePackages = Map<string, OutsidePackage>;

/** Packages to leave outside of the bundle. */
export interface OutsideOptions {
  /** Gets the packages that were left outside, and are installed. */
  readonly found: OutsidePackages;
  /** The bundle runs on this machine: it imports the packages from where they are installed. */
  readonly isHere: boolean;
  /** Names of more packages that stay outside; they need not be installed. */
  readonly external?: readonly string[];
  /** Folders of more packages that stay outside. */
  readonly folders?: ReadonlySet<string>;
  /** Gets each import that leads nowhere, which then stays as it is. Default: esbuild reports it. */
  readonly onMissing?: (name: string, importer: string) => void;
}

const WRAPPED = 'outside';

/**
 * Leaves packages out of the bundle that work only as files of their own: those with native code, and those
 * that the options name. An import of what is not installed stays as it is, too, where a package says that it
 * is optional.
 */
export function outsidePackages(options: OutsideOptions): Plugin {
  const isOwn = Symbol();
  return {
    name: 'outside-packages',
    setup({ onResolve, onLoad, resolve }: PluginBuild) {
      onResolve({ filter: /^[^./]/ }, async (from) => {
        const { path, pluginData, ...others } = from;
        if (pluginData === isOwn || path.startsWith('node:') || builtinModules.includes(path)) {
          return undefined;
        }
        const { errors, path: file } = await resolve(path, { ...others, pluginData: isOwn });
        if (errors.length > 0) {
          return stays(from, options) ? { path, external: true } : undefined;
        }
        const owner = ownerOf(file);
        if (owner === undefined || !isOutside(owner, options)) {
          return undefined;
        }
        const { place } = add(owner, from.importer, options.found);
        const isModule = isModuleFile(file, owner);
        const specifier = options.isHere
          ? isModule && !from.kind.startsWith('require')
            ? pathToFileURL(file).href
            : file
          : specifierOf(path, owner, place);
        // A named import from CommonJS works in a bundle whatever node makes of it, so it has to work here.
        return isModule || from.kind.startsWith('require')
          ? { path: specifier, external: true }
          : { path: specifier, namespace: WRAPPED };
      });
      onResolve({ filter: /^/, namespace: WRAPPED }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /^/, namespace: WRAPPED }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)});`,
        loader: 'js',
        pluginData: isOwn,
      }));
    },
  };
}

/** True for an import that leads nowhere and may fail when it is reached. */
function stays({ path, importer }: OnResolveArgs, { isHere, external = [], onMissing }: OutsideOptions) {
  const name = nameOf(path);
  const owner = ownerOf(importer);
  if (external.includes(name)) {
    return true;
  }
  if (owner !== undefined && (isHere || isOptionalFor(owner, name))) {
    return true;
  }
  onMissing?.(name, importer);
  return onMissing !== undefined;
}

function isOutside(owner: InstalledPackage, { external = [], folders }: OutsideOptions): boolean {
  return external.includes(owner.name) || folders?.has(owner.folder) || isNative(owner.folder);
}

function add(owner: InstalledPackage, importer: string, found: OutsidePackages): OutsidePackage {
  const user = ownerOf(importer);
  const isOptional = user !== undefined && isOptionalFor(user, owner.name);
  const before = found.get(owner.folder);
  const added = {
    ...owner,
    place: placeOf(owner),
    isOptional: isOptional && (before?.isOptional ?? true),
  };
  found.set(owner.folder, added);
  return added;
}

/** A package below another one may be another version of one at the top: it gets a name of its own. */
function placeOf({ name, folder }: InstalledPackage): string {
  const isTop = folder.split('node_modules').length === 2;
  return isTop ? name : `${name}@${readManifest(folder).version}`;
}

/** The import of a package, by its folder in the zip. */
function specifierOf(path: string, { name }: InstalledPackage, place: string): string {
  return nameOf(path) === name ? `${place}${path.slice(name.length)}` : place;
}

/** As node decides: by the ending, or by the next package.json above the file. */
function isModuleFile(file: string, { folder }: InstalledPackage): boolean {
  const type = extname(file);
  if (type !== '.js') {
    return type === '.mjs';
  }
  let above = dirname(file);
  while (above !== folder && !existsSync(join(above, 'package.json'))) {
    above = dirname(above);
  }
  return readManifest(above).type === 'module';
}
