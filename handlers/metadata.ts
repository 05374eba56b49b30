import { createHandler } from '../src/handler.ts';
import { metadata } from '../src/runtime/endpoints/metadata.ts';

export const handler = await createHandler([metadata]);
