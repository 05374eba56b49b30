import { createHandler } from '../src/handler.ts';
import { predict } from '../src/runtime/endpoints/predict.ts';

export const handler = await createHandler([predict]);
