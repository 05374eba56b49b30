/** The root folder of the code that runs: sources and bundles both lie one level below it. */
export const ROOT = process.getBuiltinModule('node:path').dirname(import.meta.dirname);
