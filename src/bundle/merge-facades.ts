import type { Metafile } from 'esbuild';

/** The files of a bundle by path, as the metafile has it, and esbuild's record of them. */
export interface Output {
  readonly files: ReadonlyMap<string, string>;
  readonly metafile: Metafile;
}

/** A file that only hands on exports of another one. */
interface Facade {
  readonly path: string;
  /** The file that has the code. */
  readonly target: string;
  /** Its additions to the exports of the target, as in an export clause. */
  readonly exports: readonly string[];
}

/**
 * Makes one file of a lazily imported file that has no code of its own, and the file that it hands on.
 *
 * esbuild writes two where other files use the same code: one with the code, and one with the names by which
 * it is imported. Node takes a millisecond for each file, and reads the second only when it knows the first.
 *
 * Of the two names the shorter one stays, and spaces stand for the rest of the longer one: all code keeps its
 * place in its line, as the source maps have it. Whatever is not written as expected stays as it is.
 *
 * @param output - minified, without comments that name source maps. The `bytes` of its record stay as they
 *   are.
 * @param folder - the folder of the chunks in the paths of `output`, without a slash at its end.
 */
export function mergeFacades(output: Output, folder: string): Output {
  return Object.keys(output.metafile.outputs).reduce((merged, path) => {
    const facade = facadeAt(path, merged, folder);
    return facade === undefined ? merged : mergeOne(facade, merged, folder);
  }, output);
}

const FACADE = /(?:^|\n)import\{([^{}]*)\}from"\.\/([^"]+)" *;(?:import"[^"]+" *;)*export\{([^{}]*)\};\s*$/;
const EXPORTS = /export\{([^{}]*)\};\s*$/;

function facadeAt(path: string, { files, metafile }: Output, folder: string): Facade | undefined {
  const { outputs } = metafile;
  const found = path.startsWith(`${folder}/`) ? FACADE.exec(files.get(path) ?? '') : null;
  if (found === null) {
    return undefined;
  }
  const [, imports = '', name = '', exports = ''] = found;
  const target = `${folder}/${name}`;
  const [, has] = EXPORTS.exec(files.get(target) ?? '') ?? [];
  // Otherwise a file that the facade alone imports would be left out.
  if (has === undefined || !importsAllOf(path, target, outputs)) {
    return undefined;
  }
  const ofTarget = new Map(namesIn(has).map(({ local, exported }) => [exported, local]));
  const locals = new Map(namesIn(imports).map(({ local, exported }) => [exported, ofTarget.get(local)]));
  const added = namesIn(exports).map(({ local, exported }) => ({ local: locals.get(local), exported }));
  return added.some(({ local, exported }) => local === undefined || ofTarget.has(exported))
    ? undefined
    : { path, target, exports: added.map(({ local, exported }) => `${local} as ${exported}`) };
}

/** Whether a file imports all that another one does beside it. */
function importsAllOf(path: string, target: string, outputs: Metafile['outputs']): boolean {
  const loaded = new Set(outputs[target]?.imports.map((each) => each.path));
  return outputs[path]?.imports.every((each) => each.path === target || loaded.has(each.path)) ?? false;
}

/** The names in a clause such as `a as b,c`. */
function namesIn(clause: string): { readonly local: string; readonly exported: string }[] {
  return clause.split(',').map((each) => {
    const [local = '', exported = local] = each.trim().split(' as ');
    return { local, exported };
  });
}

function mergeOne({ path, target, exports }: Facade, { files, metafile }: Output, folder: string): Output {
  const name = path.length < target.length ? path : target;
  const isOf = (file: string, each: string) => each === file || each === `${file}.map`;
  const renamed = (each: string) =>
    isOf(path, each) || isOf(target, each) ? `${name}${each.endsWith('.map') ? '.map' : ''}` : each;
  // A function, because names of minified code may have a $.
  const code = (files.get(target) ?? '').replace(
    EXPORTS,
    (_, own) => `export{${[own, ...exports].join()}};\n`,
  );
  const merged = [...files].flatMap(([each, text]): [string, string][] =>
    isOf(path, each)
      ? []
      : [[renamed(each), withName(each === target ? code : text, [path, target], name, folder)]],
  );
  const outputs = Object.entries(metafile.outputs).flatMap(([each, record]): [string, typeof record][] => {
    if (isOf(path, each)) {
      return [];
    }
    const imports = record.imports.map((one) => ({ ...one, path: renamed(one.path) }));
    const own = each === target ? ofBoth(record, metafile.outputs[path]) : record;
    return [[renamed(each), { ...own, imports }]];
  });
  return { files: new Map(merged), metafile: { ...metafile, outputs: Object.fromEntries(outputs) } };
}

type OutputRecord = Metafile['outputs'][string];

function ofBoth(target: OutputRecord, facade: OutputRecord | undefined): OutputRecord {
  return {
    ...target,
    exports: [...target.exports, ...(facade?.exports ?? [])],
    // The record has a place for one.
    entryPoint: target.entryPoint ?? facade?.entryPoint ?? '',
  };
}

/** A text that imports a file by its new name, and is as long as before. */
function withName(text: string, paths: readonly string[], path: string, folder: string): string {
  const name = path.slice(folder.length);
  return paths.reduce((changed, each) => {
    const old = each.slice(folder.length);
    return old === name
      ? changed
      : changed.replaceAll(`${old}"`, `${name}"${' '.repeat(old.length - name.length)}`);
  }, text);
}
