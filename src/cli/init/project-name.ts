import { UserError } from '../../bundle/user-error.ts';

const MAX_LENGTH = 214;
const RULE = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * @throws UserError when npm would refuse a package of this name.
 * @see https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name
 */
export function checkProjectName(name: string): void {
  const mistake = mistakeIn(name);
  if (mistake !== undefined) {
    throw new UserError(mistake);
  }
}

/** The fault of a name; undefined when npm takes it. */
export function mistakeIn(name: string): string | undefined {
  if (RULE.test(name) && name.length <= MAX_LENGTH && !['node_modules', 'favicon.ico'].includes(name)) {
    return undefined;
  }
  const better = toProjectName(name);
  const hint = better === '' ? 'fraud-model' : better;
  return `"${name}" cannot be the name of a package; expected lower-case letters, digits and hyphens, as ${hint}`;
}

/** The nearest name that npm takes: `My Model` -> my-model. */
export function toProjectName(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_LENGTH);
}

/** Lambda allows 64 characters for the name of a function, which has stage and endpoint behind this one. */
const MAX_SERVICE_LENGTH = 40;

/** The name of the CloudFormation stack: letters, digits and hyphens, from a letter on. */
export function toServiceName(packageName: string): string {
  const name = toProjectName(packageName.replace(/^@[^/]*\//, ''));
  const service = /^[a-z]/.test(name) ? name : `model-${name}`;
  return service.slice(0, MAX_SERVICE_LENGTH).replace(/-+$/, '');
}
