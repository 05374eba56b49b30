import { createHandler } from '../src/handler.ts';
import { sendFeedback } from '../src/runtime/endpoints/send-feedback.ts';

export const handler = await createHandler([sendFeedback]);
