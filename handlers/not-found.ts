import { createHandler } from '../src/handler.ts';

/** Every path that no other function has. */
export const handler = await createHandler([]);
