import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Invocation } from '../invocation.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { EndpointName, Routes } from '../routes.ts';
import type { Unit } from '../unit/unit.ts';
import type { Instance } from './instance.ts';

/** A request on its way through the pipeline, with everything that it is served by. */
export interface CallContext {
  readonly request: HttpRequest;
  readonly invocation: Invocation;
  readonly protocol: Protocol;
  readonly unit: Unit;
  readonly instance: Instance;
}

/** One thing that a function answers: its routes, and how a request to one of them becomes a response. */
export interface Endpoint {
  /** The name of an endpoint of routes.ts, whose paths all protocols add to; or paths of its own. */
  readonly routes: EndpointName | Routes;
  /** Whether the model is needed; then MODEL_PRELOAD loads it during init. Default: no. */
  readonly usesModel?: boolean;
  /** Whether a path may end in a slash, which API Gateway routes as if there was none. Default: no. */
  readonly mayEndInSlash?: boolean;
  respond(context: CallContext): HttpResponse | Promise<HttpResponse>;
}
