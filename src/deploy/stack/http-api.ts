import type { HttpEvent, Stack } from '../serverless-types.ts';
import type { Access } from './access.ts';
import type { Api } from './api.ts';
import { corsOf } from './cors.ts';
import { extend } from './extend.ts';
import { eachRoute } from './routes.ts';

/** Makes the routes those of an HTTP API, with its CORS rules, throttling and access log. */
export function shapeHttpApi(stack: Stack, { route, api }: Access): Api {
  const { provider, parameters, resources } = stack;
  const { origins, headers, maxAge } = corsOf(provider.environment, parameters);
  const closed = route(parameters);
  eachRoute(stack, (path, isOpen) => toEvents(path, isOpen ? {} : closed, origins.length > 0));
  const cors = {
    allowedOrigins: origins,
    allowedHeaders: headers,
    allowedMethods: ['GET', 'POST', 'OPTIONS'],
    exposedResponseHeaders: ['Retry-After', 'Seldon-Puid'],
    maxAge,
  };
  provider.httpApi = { ...provider.httpApi, ...(origins.length > 0 ? { cors } : {}), ...api?.(stack) };
  provider.logs.httpApi = true;
  extend(resources, 'HttpApiStage', {
    Properties: {
      DefaultRouteSettings: {
        ThrottlingRateLimit: parameters.throttleRate,
        ThrottlingBurstLimit: parameters.throttleBurst,
      },
    },
  });
  return {
    url: `https://\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`,
    errorMetric: '5xx',
    dimensions: { ApiId: { Ref: 'HttpApi' } },
  };
}

/** A path's events; `access` is empty where everyone may call. */
function toEvents(path: string, access: Readonly<Record<string, unknown>>, hasCors: boolean): HttpEvent[] {
  if (path === '*') {
    return [{ httpApi: { path, ...access } }];
  }
  // ANY includes OPTIONS. Without a route of its own, a CORS preflight would be refused, because it comes
  // without credentials.
  const needsPreflight = hasCors && 'authorizer' in access;
  return [
    { httpApi: { method: 'ANY', path, ...access } },
    ...(needsPreflight ? [{ httpApi: { method: 'OPTIONS', path } }] : []),
  ];
}
