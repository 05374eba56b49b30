import { respondOpenapi } from '../src/runtime/endpoints/openapi.ts';
import { createHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createHandler({
  routes: { '/seldon.json': ['GET'] },
  usesModel: true,
  respond: respondOpenapi,
});
