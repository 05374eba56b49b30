import { createMethodHandler } from '../src/handler.ts';
import { toBranchArray } from '../src/runtime/endpoints/branch.ts';

export const handler = await createMethodHandler('route', {
  method: 'route',
  metricTag: 'router',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.route(features, names, meta, call),
  result: toBranchArray,
  carriesMeta: false,
});
