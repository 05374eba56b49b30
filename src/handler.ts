/**
 * Makes handlers for your own endpoints: `import { createHandler } from 'seldon-lambda/handler'`.
 *
 * @module
 */

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
