import type { Config } from '../config.ts';
import type { HttpRequest } from './request.ts';

/** The headers of answers that a page of another origin may read. */
export const EXPOSED =
  'Inference-Header-Content-Length, Retry-After, Seldon-Failed-Node, Seldon-Predictor, Seldon-Puid';

/**
 * The headers of every answer: `nosniff`, and for CORS the origins that may read it, by CORS_ALLOWED_ORIGINS
 * (default: all).
 */
export function commonHeaders(
  request: HttpRequest | undefined,
  { CORS_ALLOWED_ORIGINS: allowed }: Pick<Config, 'CORS_ALLOWED_ORIGINS'>,
): Readonly<Record<string, string>> {
  if (allowed.includes('*')) {
    return ANYBODY;
  }
  const origin = request?.headers.origin;
  if (origin === undefined || !allowed.includes(origin)) {
    return { ...NO_SNIFFING, vary: 'Origin' };
  }
  return {
    ...NO_SNIFFING,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
    vary: 'Origin',
  };
}

const NO_SNIFFING = { 'x-content-type-options': 'nosniff' } as const;
const ANYBODY = {
  ...NO_SNIFFING,
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED,
} as const;
