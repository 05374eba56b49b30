import { docs } from '../src/runtime/endpoints/docs.ts';
import { createHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createHandler(docs);
