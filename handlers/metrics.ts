import { metrics } from '../src/runtime/endpoints/metrics.ts';
import { createHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createHandler(metrics);
