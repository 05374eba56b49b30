import { respondMetadata } from '../src/runtime/endpoints/metadata.ts';
import { createHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createHandler({
  routes: { '/metadata': ['GET'], '/api/v1.0/metadata': ['GET'] },
  usesModel: true,
  respond: respondMetadata,
});
