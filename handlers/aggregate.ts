import { createHandler } from '../src/handler.ts';
import { aggregate } from '../src/runtime/endpoints/aggregate.ts';

export const handler = await createHandler([aggregate]);
