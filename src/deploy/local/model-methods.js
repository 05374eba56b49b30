// @ts-check
// Not a function of the service: it runs where one would, and answers the names of all methods that the
// model's class has, and what it accepts.

/**
 * @param {{ module: string, exportName: string }} event - the module of the model, and the name of its class.
 * @returns {Promise<{ methods: string[], accepts: unknown }>}
 */
export async function handler({ module, exportName }) {
  const exports = await import(module);
  const found = exports[exportName] ?? exports.default;
  const names = new Set();
  for (let each = found?.prototype; each && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const name of Object.getOwnPropertyNames(each)) {
      names.add(name);
    }
  }
  return { methods: [...names], accepts: found?.accepts };
}
