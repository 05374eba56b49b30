import { Router } from '@aws-lambda-powertools/event-handler/http';
import { BadRequest, predict, toStatus } from './endpoint.mjs';

const app = new Router();
app.post('/predict', async ({ req }) => {
  const message = await req.json().catch(() => {
    throw new BadRequest("Can't find JSON in data");
  });
  return predict(message);
});
app.errorHandler(BadRequest, async (error) => Response.json(toStatus(error), { status: 400 }));

export const handler = async (event, context) => app.resolve(event, context);
