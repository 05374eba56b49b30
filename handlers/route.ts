import { toBranchArray } from '../src/runtime/endpoints/branch.ts';
import { createMethodHandler } from '../src/runtime/lambda/handler.ts';

export const handler = await createMethodHandler({
  method: 'route',
  routes: { '/route': ['GET', 'POST'] },
  metricTag: 'router',
  request: 'message',
  call: (model, { features, names, meta }) => model.route(features, names, meta),
  result: toBranchArray,
  carriesMeta: false,
});
