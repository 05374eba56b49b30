import { SourceMap } from 'node:module';
import { join, parse, relative } from 'node:path';
import type { BuildFailure, BuildResult, Location, Message, Metafile } from 'esbuild';
import { condense } from './condense.ts';
import { type MissingFile, modelAssets } from './model-assets.ts';
import type { SourceFindings } from './model-code.ts';
import { pathOf } from './model-sources.ts';
import type { BundleOptions, Findings } from './options.ts';
import type { OutsidePackages } from './outside.ts';
import { isOwnCode, LIBRARY } from './own-code.ts';
import type { Thread } from './threads.ts';
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
  /** Files that the sources name: path in the bundle, path on this machine. */
  readonly assets: readonly (readonly [string, string])[];
  /** Packages that are not in `files`, because they work only as files of their own. */
  readonly outside: OutsidePackages;
  /** esbuild's record of the sources and outputs. */
  readonly metafile: Metafile;
  /** Each as `file:line:column: text`. */
  readonly warnings: readonly string[];
  /** Files that models name and that do not exist. */
  readonly missing: readonly MissingFile[];
}

/**
 * The result of esbuild as a bundle.
 *
 * @throws UserError when something does not compile, or a model file exports no class.
 */
export async function readResult(
  result: BuildFailure | BuildResult,
  options: BundleOptions,
  findings: AllFindings,
): Promise<Bundle> {
  const toLine = lineWriter(options.root, findings.printed);
  if (result.errors.length > 0) {
    const lines = result.errors.map(toLine);
    throw new CompileError([...new Set(lines)].join('\n'), modelsWithout(result.errors, findings));
  }
  const { warnings, outputFiles = [], ...built } = result as BuildResult<{ metafile: true; write: false }>;
  const base = join(options.root, options.outdir);
  const written = outputFiles.map(({ path, contents }) => [relative(base, path), contents] as const);
  const { files, metafile } =
    options.minify === true
      ? condense({ files: new Map(written), metafile: built.metafile }, options.outdir)
      : { files: new Map(written), metafile: built.metafile };
  checkHandlers(options, metafile);
  const outputs = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const assets = await modelAssets(metafile, options);
  const found = inUse(findings.sources, metafile, options.root);
  const threads = found.flatMap((each) => each.threads.map(({ path, code }) => [path, code] as const));
  const beside = found.flatMap((each) => [...each.assets]);
  return {
    files: new Map([...outputs.filter(([path]) => !path.endsWith('.map')), ...threads]),
    maps: new Map(outputs.filter(([path]) => path.endsWith('.map'))),
    assets: [...assets.files, ...beside],
    outside: findings.outside,
    metafile,
    warnings: [
      ...warnings.filter((each) => isUsers(each, options)).map(toLine),
      ...checkExports(options, metafile),
      ...assets.warnings,
      ...found.flatMap((each) => each.warnings),
    ],
    missing: assets.missing,
  };
}

/** The findings in sources that are in the bundle or in its threads: an earlier bundle may have had more. */
function inUse(sources: Findings['sources'], { inputs }: Metafile, root: string): SourceFindings[] {
  const bundled = Object.keys(inputs).map((path) => join(root, path));
  const used = new Set(
    bundled.flatMap((path) => [path, ...(sources.get(path)?.threads ?? []).flatMap(filesOf)]),
  );
  return [...used].sort().flatMap((path) => sources.get(path) ?? []);
}

function filesOf({ sources }: Thread): readonly string[] {
  return sources;
}

/** All that is known of a bundle beside esbuild's own result. */
interface AllFindings extends Findings {
  /** Packages that are not installed -> the models that import them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** The sources do not compile, or import what is not installed. */
export class CompileError extends UserError {
  /** The models without which the others can be bundled; empty when other errors are in the way. */
  readonly models: readonly string[];

  constructor(message: string, models: readonly string[]) {
    super(message);
    this.models = models;
  }
}

/** The models that import packages which are not installed, if all errors are about these. */
function modelsWithout(errors: readonly Message[], { missing }: AllFindings): string[] {
  const names = errors.map(({ text }) => MISSING.exec(text)?.[1]);
  const isAll = names.every((name) => name !== undefined && missing.has(name));
  return isAll ? [...new Set(names.flatMap((name) => missing.get(name as string) ?? []))] : [];
}

/** A package may have its reasons; its users cannot change it. */
function isUsers({ location }: Message, { root, library = LIBRARY }: BundleOptions): boolean {
  const file = location?.file ?? '';
  return !/(^|\/)node_modules\//.test(file) && !isOwnCode(join(root, file), library);
}

/**
 * A model file needs a class of its own name, or a default export. Any other class can be served by a
 * MODEL_NAME of two parts, which the warning gives. For AWS, a class that is going to be served has to be
 * there.
 */
function checkExports(options: BundleOptions, { outputs }: Metafile): string[] {
  const { models, modelNames = [], outdir, minify = false } = options;
  return Object.entries(models).flatMap(([path, file]) => {
    const { exports = [] } = outputs[`${outdir}/models/${path}.mjs`] ?? {};
    const served = modelNames.filter((name) => pathOf(name) === path);
    const names = served.length > 0 ? served : [parse(path).name];
    const absent = names.find((name) => !hasClass(exports, name));
    if (absent === undefined) {
      return [];
    }
    const name = absent.split('.').at(-1);
    const classes = exports.filter((each) => /^[A-Z]/.test(each));
    const found = `${file} exports ${exports.join(', ') || 'nothing'}`;
    if (classes.length === 0) {
      throw new UserError(`${found}; expected a class ${name}, or a default export`);
    }
    const others = classes.map((each) => `${path.replaceAll('/', '.')}.${each}`).join(' or ');
    if (served.length === 0) {
      return [`${found}, but no class ${name}: serve it with MODEL_NAME=${others}`];
    }
    const sentence = `${found}, but no class ${name}: rename the class, or name the model ${others}`;
    if (minify) {
      throw new UserError(sentence);
    }
    return [sentence];
  });
}

/** Whether a module has the class of a MODEL_NAME. */
function hasClass(exports: readonly string[], modelName: string): boolean {
  const parts = modelName.split('.');
  return exports.includes(parts.at(-1) as string) || (parts.length === 1 && exports.includes('default'));
}

/**
 * A function whose handler is not in the bundle would be deployed, and fail every call.
 *
 * @throws UserError naming the function and its handler.
 */
function checkHandlers({ handlers = {}, outdir }: BundleOptions, { outputs }: Metafile): void {
  for (const [place, handler] of Object.entries(handlers)) {
    const [path = '', name = 'handler'] = handler.split(/\.(?=\w+$)/);
    const exports = outputs[`${outdir}/${path}.mjs`]?.exports;
    const absent = path.startsWith('handlers/')
      ? `there is no file ${path}.ts`
      : 'expected a file in handlers/, as handlers/own.handler';
    if (!exports?.includes(name)) {
      const why = exports === undefined ? absent : `${path} exports ${exports.join(', ') || 'nothing'}`;
      throw new UserError(`${place} is ${handler}; ${why}`);
    }
  }
}

const MISSING = /^Could not resolve "(@[^"/]+\/[^"/]+|[^"./][^"/]*)/;

/** Writes messages of esbuild as lines, with the places in the sources. */
function lineWriter(root: string, printed: ReadonlyMap<string, string>): (message: Message) => string {
  return ({ location, text }) => {
    const [, missing] = MISSING.exec(text) ?? [];
    const shown = missing ? `the package ${missing} is not installed: npm install ${missing}` : text;
    if (!location) {
      return shown;
    }
    const code = printed.get(join(root, location.file));
    const { line, column } = code === undefined ? location : sourcePlace(code, location);
    return `${location.file}:${line}:${column + 1}: ${shown}`;
  };
}

/** The place in a source of a place in its printed code. */
function sourcePlace(code: string, place: Location): Pick<Location, 'line' | 'column'> {
  const [, base64 = ''] = /sourceMappingURL=data:[^,]*,(.+)/.exec(code) ?? [];
  const map = new SourceMap(JSON.parse(Buffer.from(base64, 'base64').toString()));
  const entry = map.findEntry(place.line - 1, place.column);
  return 'originalLine' in entry ? { line: entry.originalLine + 1, column: entry.originalColumn } : place;
}
