/**
 * What the user has to mend: the message says what and where, for compile errors `file:line:column: text`, a
 * line each.
 */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}
