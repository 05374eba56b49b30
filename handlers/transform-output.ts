import { createHandler } from '../src/handler.ts';
import { transformOutput } from '../src/runtime/endpoints/transform-output.ts';

export const handler = await createHandler([transformOutput]);
