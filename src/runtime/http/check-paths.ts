import type { Routes } from '../routes.ts';

/**
 * Checks the paths of an endpoint, when a function is made.
 *
 * @throws Error for a path that does not begin with a slash, or has a `{name}` that is not a segment of its
 *   own, or comes twice.
 */
export function checkPaths(paths: Routes): void {
  for (const path of Object.keys(paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (!/^(\/(\{\w+\}|[^/{}]+))+$/.test(path) || new Set(names).size < names.length) {
      throw new Error(`the path ${path}: expected segments such as /models/{name}, each name once`);
    }
  }
}
