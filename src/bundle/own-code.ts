import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, parse, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of this package's own code, in which `handlers` and `src` lie: in a clone its root, with sources
 * in TypeScript; in an installed package `dist`, with JavaScript.
 */
export const LIBRARY = fileURLToPath(new URL('../../', import.meta.url));

/** The type of its sources: `.ts` or `.js`. */
export const SOURCE_TYPE = parse(fileURLToPath(import.meta.url)).ext;

/** Names that models and handlers import, and the sources that they mean, relative to the library. */
const ENTRIES = { 'seldon-lambda': 'src/index', 'seldon-lambda/handler': 'src/handler' } as const;

/** The code that functions load, by its path from the library. */
const RUNTIME = /^(handlers\/|src\/runtime\/|src\/[^/]+\.[jt]s$)/;

/** The files that this package's names mean, absolute. */
export function ownEntries(library: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ENTRIES).map(([name, path]) => [name, join(library, `${path}${SOURCE_TYPE}`)]),
  );
}

/** The handlers of a bundle. */
interface HandlerChoice {
  readonly root: string;
  readonly library: string;
  /**
   * Whether the handler of a graph is among them. Where it is, other functions share code with it, in files
   * of their own.
   */
  readonly hasGraph: boolean;
  /** Whether they are those of the project alone. */
  readonly isOwnOnly: boolean;
}

/**
 * The files of all handlers, absolute, by their path in the bundle: those of this package, and those of the
 * project, of which one with the same name replaces ours.
 *
 * @param models - files, absolute. A model is not a handler, wherever it lies.
 */
export function handlerEntries(
  { root, library, hasGraph, isOwnOnly }: HandlerChoice,
  models: readonly string[],
): Record<string, string> {
  const { [GRAPH]: graph, ...ours } = handlersIn(library);
  const own = Object.entries(handlersIn(root)).filter(([, file]) => !models.includes(file) && file !== graph);
  if (isOwnOnly) {
    return Object.fromEntries(own.filter(([path, file]) => ours[path] !== file));
  }
  return { ...ours, ...(hasGraph && graph && { [GRAPH]: graph }), ...Object.fromEntries(own) };
}

/** The handler of an inference graph. */
const GRAPH = 'handlers/graph';

/** The files of this package's handlers, relative to it. */
export function ownHandlers(library: string): string[] {
  return Object.values(handlersIn(library)).map((file) => relative(library, file).replaceAll(sep, '/'));
}

function handlersIn(root: string): Record<string, string> {
  const folder = join(root, 'handlers');
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => /(?<!\.d|\.test)\.[cm]?[jt]s$/.test(file))
    : [];
  return Object.fromEntries(files.map((file) => [`handlers/${parse(file).name}`, join(folder, file)]));
}

/** True for the code of this package that functions load; its folders may be links. */
export function isOwnCode(file: string, library: string): boolean {
  return ['handlers', 'src'].some((name) => {
    const folder = realpathSync(join(library, name));
    return (
      file.startsWith(folder + sep) && RUNTIME.test(`${name}/${relative(folder, file).replaceAll(sep, '/')}`)
    );
  });
}
