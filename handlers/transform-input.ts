import { createHandler } from '../src/handler.ts';
import { transformInput } from '../src/runtime/endpoints/transform-input.ts';

export const handler = await createHandler([transformInput]);
