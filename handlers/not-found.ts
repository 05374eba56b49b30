import { createHandler } from '../src/handler.ts';

/** Answers every path that no other function has. */
export const handler = await createHandler([]);
