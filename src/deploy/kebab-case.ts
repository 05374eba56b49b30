/** `ThompsonSampling` and `thompson_sampling` -> thompson-sampling; starts with a letter. */
export function kebabCase(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^[^a-zA-Z]+|-+$/g, '')
    .toLowerCase();
}
