import { createHandler } from '../src/handler.ts';
import { docs } from '../src/runtime/endpoints/docs.ts';

export const handler = await createHandler([docs]);
