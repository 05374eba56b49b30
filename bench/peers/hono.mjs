import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { BadRequest, predict, toStatus } from './endpoint.mjs';

const app = new Hono();
app.post('/predict', async (c) => {
  const message = await c.req.json().catch(() => {
    throw new BadRequest("Can't find JSON in data");
  });
  return c.json(predict(message));
});
app.onError((error, c) => c.json(toStatus(error), error.status ?? 500));

export const handler = handle(app);
