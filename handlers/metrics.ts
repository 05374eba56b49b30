import { createHandler } from '../src/handler.ts';
import { metrics } from '../src/runtime/endpoints/metrics.ts';

export const handler = await createHandler([metrics]);
