// @ts-check
// Not a function of the service: it runs where one would, and tells what the classes of models have.

/** The words in a class that may be a method, however it comes by it. */
const METHOD = /\b(?:predict|route|aggregate|transformInput|transformOutput)(?:Raw|Rest)?\b/g;

/**
 * @typedef {{ readonly module: string, readonly exportName: string }} ClassFile
 * @typedef {{ readonly methods: readonly string[] } | { readonly problem: string }} Found
 */

/**
 * @param {{ readonly classes: readonly ClassFile[] }} event - modules of models, and the names of their
 *   classes.
 * @returns {Promise<Found[]>} for each class the names of its methods, and all that its code mentions; or why
 *   it cannot be imported.
 */
export async function handler({ classes }) {
  const found = [];
  for (const each of classes) {
    found.push(await look(each).catch((error) => ({ problem: String(error?.message ?? error) })));
  }
  return found;
}

/**
 * @param {ClassFile} file
 * @returns {Promise<Found>}
 */
async function look({ module, exportName }) {
  const exports = await import(module);
  const Class = exports[exportName] ?? exports.default;
  if (typeof Class !== 'function') {
    const names = Object.keys(exports).join(', ') || 'nothing';
    return { problem: `the file does not export a class ${exportName}; it exports ${names}` };
  }
  const names = new Set();
  for (let each = Class; typeof each === 'function' && each.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(each.prototype)) {
      names.add(name);
    }
    // A method may be a field, which no prototype has.
    for (const [word] of Function.prototype.toString.call(each).matchAll(METHOD)) {
      names.add(word);
    }
  }
  return { methods: [...names] };
}
