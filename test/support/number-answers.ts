import { expect } from 'vitest';
import { stringify } from '../../src/runtime/json/write-json.ts';
import { readNumberTexts } from './conformance/number-texts.ts';
import type { Deployment } from './functions.ts';

/** Posts a body as it is: its status, and its answer as text. */
export async function post(
  functions: Deployment,
  path: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const answer = await functions.send({ method: 'POST', path, body });
  return { status: answer.status, text: answer.body as string };
}

/** The answer to a message, which has to be 200; each number as its digits. */
export async function answerTo(functions: Deployment, path: string, message: unknown) {
  const { status, text } = await post(functions, path, stringify(message));
  expect(status, text.slice(0, 300)).toBe(200);
  return readNumberTexts(text) as Record<string, Record<string, unknown>>;
}
