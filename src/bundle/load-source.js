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
export function loadSource(path, from) {
  const source = new URL(path, from);
  const module = loaded.get(source.href) ?? load(source, from);
  loaded.set(source.href, module);
  return module;
}

/**
 * Sources by their URLs: tsx loads all of them anew each time, which takes half a second.
 *
 * @type {Map<string, Promise<any>>}
 */
const loaded = new Map();

/**
 * @param {URL} source
 * @param {string} from
 */
async function load(source, from) {
  if (!existsSync(source)) {
    return import(source.href.replace(/\.ts$/, '.js'));
  }
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(source.href, from);
}
