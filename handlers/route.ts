import { createMethodHandler } from '../src/handler.ts';
import { toBranchArray } from '../src/routing.ts';

export const handler = await createMethodHandler({
  method: 'route',
  routes: { '/route': ['GET', 'POST'] },
  metricTag: 'router',
  request: 'message',
  call: (model, { features, names, meta }) => model.route(features, names, meta),
  result: toBranchArray,
  carriesMeta: false,
});
