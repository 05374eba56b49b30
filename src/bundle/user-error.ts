/**
 * A mistake of the user: in the command, in a parameter or variable, or in a file that the command reads. It
 * is shown as its message alone, without a stack, and a command of src/cli then ends with exit code 2.
 *
 * The message says where the mistake is and what was expected. Compile errors are one line each,
 * `file:line:column: text`.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
