// @ts-check
import { existsSync } from 'node:fs';

/**
 * Imports a module of this package by the name of its source: in a clone the source itself, in an installed
 * package, which has no sources, what was compiled of it.
 *
 * @param {string} path - relative, such as './stack/index.ts'.
 * @param {string} from - the URL of the module that asks.
 * @returns {Promise<any>}
 */
export async function loadSource(path, from) {
  const source = new URL(path, from);
  if (!existsSync(source)) {
    return import(source.href.replace(/\.ts$/, '.js'));
  }
  scope ??= import('tsx/esm/api').then(({ register }) => register({ namespace: 'seldon-lambda' }));
  return (await scope).import(source.href, from);
}

/**
 * One for all sources: what two of them import is loaded once. tsx's own tsImport would load it for each.
 *
 * @type {Promise<import('tsx/esm/api').NamespacedUnregister> | undefined}
 */
let scope;
