import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Metafile, transform } from 'esbuild';
import type { BundleOptions } from './bundle.ts';
import { UserError } from './user-error.ts';

/** The files that models name in calls of `modelFile()`: path in the zip, path here. */
export interface ModelData {
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * Finds the files that models name in calls of `modelFile()`, in their own sources and in those that these
 * import.
 *
 * What is not there is a warning: MODEL_URI may bring it.
 *
 * @throws UserError when a file lies outside of the model's folder.
 */
export async function modelData(metafile: Metafile, options: BundleOptions): Promise<ModelData> {
  const { root, models, outdir } = options;
  const files = new Map<string, string>();
  const warnings: string[] = [];
  for (const [name, model] of Object.entries(models)) {
    const folder = resolve(root, model, ...name.split('/').map(() => '..'));
    const { entryPoint = '' } = metafile.outputs[`${outdir}/models/${name}.mjs`] ?? {};
    for (const source of ownSources(metafile, entryPoint)) {
      for (const argument of await argumentsIn(join(root, source))) {
        const named = textOf(argument);
        if (named !== undefined) {
          addFile(named, source);
        } else {
          warnings.push(`${source}: modelFile(${argument}) is not written out: its file is not in the zip`);
        }
      }
    }

    function addFile(named: string, source: string): void {
      const file = resolve(folder, named);
      const path = relative(folder, file);
      const call = `${source}: modelFile('${named}')`;
      if (path.startsWith('..')) {
        throw new UserError(`${call}: expected a file in ${folder}`);
      }
      if (existsSync(file)) {
        files.set(`models/${path}`, file);
      } else {
        warnings.push(`${call}: there is no such file in ${folder}: MODEL_URI has to bring it`);
      }
    }
  }
  return { files, warnings };
}

/** What an entry point imports, and it itself, but for packages and this project's own code. */
function ownSources({ inputs }: Metafile, entryPoint: string): string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    const input = inputs[path];
    if (input === undefined || found.has(path) || /(^|\/)node_modules\/|^(src|handlers)\//.test(path)) {
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

/**
 * What a text in double quotes, or a template without a place to fill in, says; undefined for any other code.
 */
function textOf(code: string): string | undefined {
  if (code.startsWith('"')) {
    return JSON.parse(code);
  }
  return /^`[^`$\\]*`$/.test(code) ? code.slice(1, -1) : undefined;
}

/** The arguments of calls of `modelFile`, as code. */
async function argumentsIn(file: string): Promise<string[]> {
  const source = readFileSync(file, 'utf8');
  if (!source.includes('modelFile')) {
    return [];
  }
  const loader = /\.[cm]?ts$/.test(file) ? 'ts' : 'js';
  // Printed anew: without comments and types, and with one kind of quotes.
  const { code } = await transform(source, { loader, legalComments: 'none' });
  const calls = code.matchAll(/(?<![.\w$])modelFile\(("(?:[^"\\]|\\.)*"|[^)]*)/g);
  return [...calls].map(([, argument]) => argument as string);
}
