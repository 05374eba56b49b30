import { join, parse, relative } from 'node:path';
import type { BuildFailure, BuildResult, Message, Metafile } from 'esbuild';
import { modelAssets } from './model-assets.ts';
import type { NativePackages } from './native.ts';
import type { BundleOptions } from './options.ts';
import { UserError } from './user-error.ts';

/**
 * A bundle in memory. Every file lies one level below its root, because the functions look for their model in
 * `../models/`.
 */
export interface Bundle {
  /** handlers/, chunks/ and models/, by path and sorted by it. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Their source maps, `sources` relative to `outdir`. */
  readonly maps: ReadonlyMap<string, Uint8Array>;
  /** Files that models name in calls of `modelFile()`: path in the bundle -> path on this machine. */
  readonly assets: ReadonlyMap<string, string>;
  /** Packages with native code, which are not in `files`. */
  readonly native: NativePackages;
  /** esbuild's record of the sources and outputs. */
  readonly metafile: Metafile;
  /** Each as `file:line:column: text`. */
  readonly warnings: readonly string[];
}

/**
 * The result of esbuild as a bundle.
 *
 * @throws UserError when something does not compile, or a model file exports no class.
 */
export async function readResult(
  result: BuildFailure | BuildResult,
  options: BundleOptions,
  native: NativePackages,
): Promise<Bundle> {
  if (result.errors.length > 0) {
    throw new UserError(result.errors.map(toLine).join('\n'));
  }
  const { warnings, outputFiles = [], metafile } = result as BuildResult<{ metafile: true; write: false }>;
  const base = join(options.root, options.outdir);
  const outputs = outputFiles
    .map(({ path, contents }) => [relative(base, path), contents] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const assets = await modelAssets(metafile, options);
  return {
    files: new Map(outputs.filter(([path]) => !path.endsWith('.map'))),
    maps: new Map(outputs.filter(([path]) => path.endsWith('.map'))),
    assets: assets.files,
    native,
    metafile,
    warnings: [...warnings.map(toLine), ...checkExports(options, metafile), ...assets.warnings],
  };
}

/**
 * A model file needs a class of its own name, or a default export. Any other class can be served by a
 * MODEL_NAME of two parts, which the warning gives.
 */
function checkExports({ models, outdir }: BundleOptions, { outputs }: Metafile): string[] {
  return Object.entries(models).flatMap(([path, file]) => {
    const { name } = parse(path);
    const { exports = [] } = outputs[`${outdir}/models/${path}.mjs`] ?? {};
    if (exports.includes(name) || exports.includes('default')) {
      return [];
    }
    const classes = exports.filter((each) => /^[A-Z]/.test(each));
    const found = `${file} exports ${exports.join(', ') || 'nothing'}`;
    if (classes.length === 0) {
      throw new UserError(`${found}; expected a class ${name}, or a default export`);
    }
    const names = classes.map((each) => `${path.replaceAll('/', '.')}.${each}`);
    return [`${found}, but no class ${name}: serve it with MODEL_NAME=${names.join(' or ')}`];
  });
}

function toLine({ location, text }: Message): string {
  const [, missing] = /^Could not resolve "(@[^"/]+\/[^"/]+|[^"./][^"/]*)/.exec(text) ?? [];
  const shown = missing ? `the package ${missing} is not installed: npm install ${missing}` : text;
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${shown}` : shown;
}
