import express from 'express';
import serverless from 'serverless-http';
import { predict, toStatus } from './endpoint.mjs';

const app = express();
app.disable('x-powered-by');
// A hash of every answer, which nobody asks for.
app.disable('etag');
app.use(express.json({ limit: '6mb' }));
app.post('/predict', (request, response) => {
  response.json(predict(request.body));
});
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json(toStatus(error));
});

export const handler = serverless(app);
