import { createHandler } from '../src/handler.ts';
import { metrics } from '../src/metrics-endpoint.ts';

export const handler = await createHandler(metrics);
