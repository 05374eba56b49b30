import { createHandler } from '../src/handler.ts';
import { ping } from '../src/runtime/endpoints/ping.ts';

export const handler = await createHandler([ping]);
