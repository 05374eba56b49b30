import type { Stack } from '../serverless-types.ts';
import { environmentOf } from './environments.ts';
import { isUsed } from './roles.ts';

/**
 * Takes variables with a URL away from functions whose role has no row for it: a URL may hold a password, and
 * a function that cannot use the store need not know it.
 */
export function limitVariables(stack: Stack): void {
  const { roles } = stack.custom;
  for (const definition of Object.values(stack.functions)) {
    const environment = environmentOf(stack, definition);
    const allOf = (role: string | undefined) =>
      (roles[role ?? ''] ?? []).flatMap((grant) =>
        'variable' in grant && isUsed(environment, grant) ? grant.variable : [],
      );
    const guarded = new Set(Object.keys(roles).flatMap(allOf));
    const known = new Set(allOf(definition.role));
    const hidden = [...guarded].filter((name) => !known.has(name) && environment[name] != null);
    if (hidden.length > 0) {
      const nothing = Object.fromEntries(hidden.map((name) => [name, null]));
      definition.environment = { ...definition.environment, ...nothing };
    }
  }
}
