import { createHandler } from '../src/handler.ts';
import { respondMetadata } from '../src/metadata.ts';

export const handler = await createHandler({
  routes: { '/metadata': ['GET'], '/api/v1.0/metadata': ['GET'] },
  usesModel: true,
  respond: respondMetadata,
});
