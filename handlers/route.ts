import { createHandler } from '../src/handler.ts';
import { route } from '../src/runtime/endpoints/route.ts';

export const handler = await createHandler([route]);
