import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Metafile, transform } from 'esbuild';
import type { BundleOptions } from './options.ts';
import { UserError } from './user-error.ts';

/** The files that models name in calls of `modelFile()`. */
interface ModelAssets {
  /** Path in the bundle -> path on this machine. */
  readonly files: ReadonlyMap<string, string>;
  /** Calls whose file is not known or does not exist. */
  readonly warnings: readonly string[];
}

/**
 * Finds the files that models name in calls of `modelFile()`, in their own sources and in those that these
 * import.
 *
 * A missing file is only a warning, because MODEL_URI may bring it.
 *
 * @throws UserError when a file lies outside the model's folder.
 */
export async function modelAssets(
  metafile: Metafile,
  { root, models, outdir }: BundleOptions,
): Promise<ModelAssets> {
  const files = new Map<string, string>();
  const warnings: string[] = [];
  for (const [name, model] of Object.entries(models)) {
    const folder = resolve(root, model, ...name.split('/').map(() => '..'));
    const { entryPoint = '' } = metafile.outputs[`${outdir}/models/${name}.mjs`] ?? {};
    for (const source of userSources(metafile, entryPoint)) {
      for (const argument of await argumentsIn(join(root, source))) {
        const asset = toAsset({ source, argument, folder });
        if (typeof asset === 'string') {
          warnings.push(asset);
        } else {
          files.set(...asset);
        }
      }
    }
  }
  return { files, warnings };
}

/** A call of `modelFile` in a source file, its argument as code; `folder` is the model's own. */
interface ModelFileCall {
  readonly source: string;
  readonly argument: string;
  readonly folder: string;
}

/** The file of a call: its path in the bundle and on this machine; or a warning. */
function toAsset({ source, argument, folder }: ModelFileCall): [string, string] | string {
  const named = literalOf(argument);
  if (named === undefined) {
    return `${source}: modelFile(${argument}): expected a literal text; the file is not in the zip`;
  }
  const file = resolve(folder, named);
  const path = relative(folder, file);
  const call = `${source}: modelFile('${named}')`;
  if (path.startsWith('..')) {
    throw new UserError(`${call}: expected a file in ${folder}`);
  }
  return existsSync(file)
    ? [`models/${path}`, file]
    : `${call}: there is no such file in ${folder}; it has to come from MODEL_URI`;
}

/** This package's own code, as esbuild names its files: a bundle's root is the root of the package. */
const LIBRARY = /^(handlers\/|src\/runtime\/|src\/[^/]+\.ts$)/;

/** An entry point and all that it imports, without packages and without the library's own code. */
function userSources({ inputs }: Metafile, entryPoint: string): string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    const input = inputs[path];
    const isIncluded = path === entryPoint || !LIBRARY.test(path);
    if (input === undefined || !isIncluded || found.has(path) || /(^|\/)node_modules\//.test(path)) {
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

/** The arguments of all calls of `modelFile` in a file, as code. */
async function argumentsIn(file: string): Promise<string[]> {
  const source = readFileSync(file, 'utf8');
  if (!source.includes('modelFile')) {
    return [];
  }
  const loader = /\.[cm]?ts$/.test(file) ? 'ts' : 'js';
  // esbuild prints it without comments and types, and with double quotes only.
  const { code } = await transform(source, { loader, legalComments: 'none' });
  const calls = code.matchAll(/(?<![.\w$])modelFile\(("(?:[^"\\]|\\.)*"|[^)]*)/g);
  return [...calls].map(([, argument]) => argument as string);
}
