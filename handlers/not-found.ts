import { createHandler } from '../src/runtime/lambda/handler.ts';

/** Every path that no other function has. */
export const handler = await createHandler();
