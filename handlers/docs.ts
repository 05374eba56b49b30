import { docs } from '../src/docs-endpoint.ts';
import { createHandler } from '../src/handler.ts';

export const handler = await createHandler(docs);
