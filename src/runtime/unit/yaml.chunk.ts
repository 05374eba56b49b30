/**
 * The YAML parser: 100 kB that only a MODEL_METADATA in YAML needs. It has its own file because, in a bundle,
 * a dynamic import of CommonJS has no named exports.
 */
export { parse as parseYaml } from 'yaml';
