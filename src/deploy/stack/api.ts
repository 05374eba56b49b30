import type { Stack } from '../serverless-types.ts';
import { accessOf } from './access.ts';
import { shapeHttpApi } from './http-api.ts';
import { shapeRestApi } from './rest-api.ts';

/** The names of an API: its URL, without a slash at its end, for Fn::Sub; and its errors in CloudWatch. */
export interface Api {
  readonly url: string;
  readonly errorMetric: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/**
 * Turns the routes of serverless.yml, which have only a path, into routes of the API that the parameters ask
 * for. They admit only those callers whom `auth` allows; the paths in `custom.open` stay open to everyone.
 *
 * CORS is the same everywhere: as CORS_ALLOWED_ORIGINS and CORS_ALLOWED_HEADERS say.
 *
 * @param instanceId - ends the name of a REST API's deployment.
 * @throws UserError for an `auth` that the kind of API does not have, that lacks a parameter, or that has
 *   one too many.
 */
export function shapeApi(stack: Stack, instanceId: string): Api {
  const { auth, api } = stack.parameters;
  const kind = api !== 'auto' ? api : auth === 'apikey' ? 'rest' : 'http';
  const access = accessOf(kind, stack.parameters);
  return kind === 'rest' ? shapeRestApi(stack, access, instanceId) : shapeHttpApi(stack, access);
}
