/**
 * YAML, 100 kB that only a MODEL_METADATA in YAML needs. A file of its own: bundled, a dynamic import of
 * CommonJS has no named exports.
 */
export { parse as parseYaml } from 'yaml';
