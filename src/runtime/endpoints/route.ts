import { methodEndpoint } from '../pipeline/pipeline.ts';
import { toBranchArray } from './branch.ts';

/** Answers the branch that the router chooses. */
export const route = methodEndpoint('route', {
  method: 'route',
  metricTag: 'router',
  request: 'message',
  call: (model, { features, names, meta }, call) => model.route(features, names, meta, call),
  result: toBranchArray,
  carriesMeta: false,
});
