import type { Config } from '../config.ts';
import type { Invocation } from '../invocation.ts';
import type { HttpRequest, HttpResponse } from './request.ts';

/** Methods an endpoint can declare; HEAD is answered wherever GET is, OPTIONS everywhere. */
export type HttpMethod = 'GET' | 'POST';

/** Paths and their methods. The first path, with its first method, is what a direct invocation means. */
export type Routes = Readonly<Record<string, readonly HttpMethod[]>>;

/** One thing a function answers: its routes, and how a request to one of them becomes a response. */
export interface Endpoint {
  readonly routes: Routes;
  /** Whether the model is needed; then MODEL_PRELOAD loads it during init. Default: no. */
  readonly usesModel?: boolean;
  /** Whether a path may end in a slash, which API Gateway routes as if there was none. Default: no. */
  readonly mayEndInSlash?: boolean;
  respond(request: HttpRequest, config: Config, invocation: Invocation): HttpResponse | Promise<HttpResponse>;
}
