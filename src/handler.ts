/**
 * Makes handlers for your own endpoints: `import { createHandler } from 'seldon-lambda/handler'`.
 *
 * @module
 */

// The graph calls these methods, too. What two functions share and the others lack would be one file more for
// each of them to load; all of it together has 2 kB.
import './runtime/endpoints/aggregate.ts';
import './runtime/endpoints/health-status.ts';
import './runtime/endpoints/predict.ts';
import './runtime/endpoints/route.ts';
import './runtime/endpoints/send-feedback.ts';
import './runtime/endpoints/transform-input.ts';
import './runtime/endpoints/transform-output.ts';

export type { CallContext, Endpoint } from './runtime/instance/endpoint.ts';
export { createInstance, type Instance, type InstanceOptions } from './runtime/instance/instance.ts';
export {
  createHandler,
  createMethodHandler,
  type Handler,
  type HandlerOptions,
} from './runtime/lambda/handler.ts';
export type { MethodSpec } from './runtime/pipeline/pipeline.ts';
export type { EndpointName, Routes } from './runtime/routes.ts';
export type { UnitSettings } from './runtime/unit/settings.ts';
