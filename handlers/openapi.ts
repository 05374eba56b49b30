import { createHandler } from '../src/handler.ts';
import { openapi } from '../src/runtime/endpoints/openapi.ts';

export const handler = await createHandler([openapi]);
