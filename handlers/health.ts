import { createHandler } from '../src/handler.ts';
import { healthStatus } from '../src/runtime/endpoints/health-status.ts';

export const handler = await createHandler([healthStatus]);
