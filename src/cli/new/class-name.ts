import { UserError } from '../../bundle/user-error.ts';

/** The templates import these names: a class with one of them would hide the import. */
const RESERVED = ['Model', 'MetadataInput', 'NdArray', 'Payload', 'SeldonError'];
/** With a longer name, lines of the templates would be longer than the formatter allows. */
const MAX_LENGTH = 50;

/** @throws UserError when a class cannot have this name, or should not. */
export function checkClassName(name: string): void {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name) || name.length > MAX_LENGTH) {
    throw new UserError(
      `"${name}" cannot be the name of the class; expected a capital letter and at most ` +
        `${MAX_LENGTH - 1} more letters and digits, as MyModel`,
    );
  }
  if (isTaken(name)) {
    throw new UserError(`${name} already has another meaning; choose another name, as My${name}`);
  }
}

/** The name of a class for a package: `@acme/fraud-2_scores` -> Fraud2Scores. */
export function toClassName(packageName: string): string {
  const words = packageName.replace(/^@[^/]*\//, '').match(/[a-z0-9]+/gi) ?? [];
  const name = words
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
    .slice(0, MAX_LENGTH - 'Model'.length);
  if (!/^[A-Z]/.test(name)) {
    return `Model${name}`;
  }
  return isTaken(name) ? `${name}Model` : name;
}

function isTaken(name: string): boolean {
  return name in globalThis || RESERVED.includes(name);
}
