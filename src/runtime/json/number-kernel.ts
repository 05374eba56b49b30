// What is loaded for large arrays only.
export { numbersFromJson } from './read-numbers.ts';
export { toJsonText } from './write-numbers.ts';
