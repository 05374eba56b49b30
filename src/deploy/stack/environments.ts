import type { Definition, Stack } from '../serverless-types.ts';

type Variables = Stack['provider']['environment'];

/** The variables of a function: its own, and those of all functions. */
export function environmentOf({ provider }: Pick<Stack, 'provider'>, { environment }: Definition): Variables {
  return { ...provider.environment, ...(environment as Variables | undefined) };
}

/** The different variables that functions have; `role`: only the functions with this role. */
export function environmentsOf(
  stack: Pick<Stack, 'provider' | 'functions'>,
  role?: string,
): readonly Variables[] {
  const found = Object.values(stack.functions)
    .filter((definition) => role === undefined || definition.role === role)
    .map((definition) => environmentOf(stack, definition));
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}
