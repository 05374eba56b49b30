import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import { type Metafile, transform } from 'esbuild';
import { filesIn } from './files-in.ts';
import type { BundleOptions } from './options.ts';
import { isOwnCode, LIBRARY } from './own-code.ts';
import { UserError } from './user-error.ts';

/** The files that models name in calls of `modelFile()`. */
interface ModelAssets {
  /** Path in the bundle, path on this machine. */
  readonly files: readonly (readonly [string, string])[];
  /** Calls whose file is not known. */
  readonly warnings: readonly string[];
  /** Files that do not exist, and are not optional. */
  readonly missing: readonly MissingFile[];
}

/** A file that a model names, and that does not exist. */
export interface MissingFile {
  /** Its path in the bundle. */
  readonly path: string;
  /** The call with its source, and where the file is expected. */
  readonly text: string;
  /** The model whose file it is. */
  readonly model: string;
}

/**
 * Finds the files that models name in calls of `modelFile()`, in their own sources and in those that these
 * import. A folder means all files below it.
 *
 * @throws UserError when a file lies outside the model's folder.
 */
export async function modelAssets(
  metafile: Metafile,
  { root, library = LIBRARY, models, outdir }: BundleOptions,
): Promise<ModelAssets> {
  const files: (readonly [string, string])[] = [];
  const warnings: string[] = [];
  const missing = new Map<string, MissingFile>();
  for (const [name, model] of Object.entries(models)) {
    const folder = resolve(root, model, ...name.split('/').map(() => '..'));
    const { entryPoint = '' } = metafile.outputs[`${outdir}/models/${name}.mjs`] ?? {};
    const isOwn = (path: string) => isOwnCode(join(root, path), library);
    for (const source of userSources(metafile, entryPoint, isOwn)) {
      for (const call of await callsIn(join(root, source))) {
        const asset = toAsset({ source, folder, ...call });
        files.push(...(asset.files ?? []));
        warnings.push(...(asset.warning ? [asset.warning] : []));
        if (asset.missing) {
          missing.set(`${name} ${asset.missing.text}`, { ...asset.missing, model: name });
        }
      }
    }
  }
  return { files, warnings: [...new Set(warnings)], missing: [...missing.values()] };
}

/** A call of `modelFile` in a source file, its argument as code; `folder` is the model's own. */
interface ModelFileCall {
  readonly source: string;
  readonly argument: string;
  readonly isOptional: boolean;
  readonly folder: string;
}

/** The files of a call, by their path in the bundle; or what is wrong. */
function toAsset({ source, argument, isOptional, folder }: ModelFileCall): {
  readonly files?: readonly (readonly [string, string])[];
  readonly warning?: string;
  readonly missing?: Omit<MissingFile, 'model'>;
} {
  const named = literalOf(argument);
  if (named === undefined) {
    return {
      warning: `${source}: modelFile(${argument}): expected a literal text; the file is not in the zip`,
    };
  }
  const file = resolve(folder, named);
  const path = relative(folder, file).replaceAll(sep, '/');
  const call = `${source}: modelFile('${named}')`;
  if (path === '..' || path.startsWith('../') || isAbsolute(path)) {
    throw new UserError(`${call}: expected a file in ${folder}`);
  }
  const found = existsSync(file) ? filesIn(file) : [];
  if (found.length === 0 && !isOptional) {
    const lack = existsSync(file) ? 'has no file' : 'does not exist';
    return { missing: { path: posix.join('models', path), text: `${call}: ${file} ${lack}` } };
  }
  return { files: found.map(([below, each]) => [posix.join('models', path, below), each]) };
}

/** Packages, and modules that the bundle makes itself. */
const OTHER = /(^|\/)node_modules\/|^(outside|root):/;

/** An entry point and all that it imports, without packages and without the library's own code. */
function userSources({ inputs }: Metafile, entryPoint: string, isOwn: (path: string) => boolean): string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    const input = inputs[path];
    const isIncluded = path === entryPoint || !isOwn(path);
    if (input === undefined || !isIncluded || found.has(path) || OTHER.test(path)) {
      return;
    }
    found.add(path);
    for (const { path: imported, external } of input.imports) {
      if (!external) {
        visit(imported);
      }
    }
  };
  visit(entryPoint);
  return [...found];
}

/** The text of a literal in double quotes or of a template without `${}`; undefined for any other code. */
function literalOf(code: string): string | undefined {
  if (code.startsWith('"')) {
    return JSON.parse(code);
  }
  return /^`[^`$\\]*`$/.test(code) ? code.slice(1, -1) : undefined;
}

/** All calls of `modelFile` in a file: the name as code, and whether the file may be missing. */
async function callsIn(file: string): Promise<Pick<ModelFileCall, 'argument' | 'isOptional'>[]> {
  const source = readFileSync(file, 'utf8');
  if (!source.includes('modelFile')) {
    return [];
  }
  const loader = /\.[cm]?tsx?$/.test(file) ? 'ts' : 'js';
  // esbuild prints it without comments and types, and with double quotes only.
  const { code } = await transform(source, { loader, legalComments: 'none' });
  const calls = code.matchAll(
    /(?<![.\w$])modelFile\(("(?:[^"\\]|\\.)*"|`[^`]*`|[^)]*)(, \{[^}]*\boptional: true\b)?/g,
  );
  return [...calls].map(([, argument = '', optional]) => ({ argument, isOptional: optional !== undefined }));
}
