import { createHandler } from '../src/handler.ts';
import { respondOpenapi } from '../src/openapi.ts';

export const handler = await createHandler({
  routes: { '/seldon.json': ['GET'] },
  usesModel: true,
  respond: respondOpenapi,
});
