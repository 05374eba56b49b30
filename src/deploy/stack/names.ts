import { UserError } from '../../bundle/user-error.ts';
import type { Stack } from '../serverless-types.ts';

/** Lambda's limit for the name of a function, in characters. */
const MAX_LENGTH = 64;

/**
 * Checks the names that AWS gets: service, stage and function together.
 *
 * @throws UserError when CloudFormation or Lambda would refuse one.
 */
export function checkNames({ name, service, functions }: Stack): void {
  const [longest = ''] = Object.keys(functions).sort((a, b) => b.length - a.length);
  const full = `${name}-${longest}`;
  if (full.length > MAX_LENGTH) {
    throw new UserError(
      `the function ${full} has a name of ${full.length} characters; Lambda allows ${MAX_LENGTH}: ` +
        `choose a stage or a service name (now ${service}; in a clone SERVICE_NAME sets it) with ` +
        `${full.length - MAX_LENGTH} fewer characters`,
    );
  }
}
