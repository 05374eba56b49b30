import { expect } from 'vitest';

/** The name and message of the error that a direct invocation fails with. */
export async function failureOf(called: Promise<unknown>): Promise<{ name: string; message: string }> {
  const error: unknown = await called.then(
    (answer) => new Error(`answered ${JSON.stringify(answer)}`),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const { name, message, stack } = error as Error;
  expect(stack).toBe(`${name}: ${message}`);
  return { name, message };
}
