import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Invocation } from '../invocation.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { EndpointName, Routes } from '../routes.ts';
import type { Unit } from '../unit/unit.ts';
import type { Instance } from './instance.ts';

/** A request in the pipeline, with all the objects that serve it. */
export interface CallContext {
  readonly request: HttpRequest;
  readonly invocation: Invocation;
  readonly protocol: Protocol;
  readonly unit: Unit;
  readonly instance: Instance;
  /** The largest result that the event source accepts, in bytes. */
  readonly maxResponseBytes: number;
  /**
   * Completes a response with the headers of every answer, and makes it fit within `maxResponseBytes`. The
   * response of an endpoint that does not call it is fitted afterwards.
   *
   * @throws SeldonError MICROSERVICE_PAYLOAD_TOO_LARGE naming the limit when it does not fit.
   */
  fit(response: HttpResponse): HttpResponse | Promise<HttpResponse>;
}

/** An endpoint of a function: its routes, and how it answers a request to one of them. */
export interface Endpoint {
  /**
   * The name of an endpoint in routes.ts, which stands for its paths in all protocols; or the endpoint's own
   * paths.
   */
  readonly routes: EndpointName | Routes;
  /** Whether its own paths need no check, as those that this package has. Default: false. */
  readonly hasCheckedPaths?: boolean;
  /**
   * Whether the endpoint needs the model. If so, MODEL_PRELOAD loads the model during init. Default: false.
   */
  readonly usesModel?: boolean;
  /**
   * Loads what the endpoint needs, for a warm-up and for MODEL_PRELOAD; default: the model, if it uses that.
   */
  prepare?(remainingMs?: () => number): Promise<unknown>;
  /**
   * Whether a path may end in a slash; API Gateway routes such a path as if the slash were not there.
   * Default: false.
   */
  readonly mayEndInSlash?: boolean;
  respond(context: CallContext): HttpResponse | Promise<HttpResponse>;
}
