import { ROUTES } from '../runtime/routes.ts';

/** Ends of an address that are paths of an endpoint, in Seldon's protocol, V2 or V1. */
const PATHS = Object.values(ROUTES)
  .flatMap((routes) => Object.keys(routes))
  .filter((path) => !path.includes('{'));
const OF_MODELS = /\/v[12](\/models\/[^/]+)?(\/versions\/[^/]+)?(\/infer|\/ready|:predict)?$/;

/**
 * A sentence for an address that ends with the path of an endpoint, which is appended to it; undefined for
 * any other. A host may have its models below such a path, so it is no mistake until nothing is there.
 */
export function meantAddress(url: string): string | undefined {
  if (!URL.canParse(url)) {
    return undefined;
  }
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  const ends = PATHS.filter((each) => path.endsWith(each)).sort((a, b) => b.length - a.length);
  const end = ends[0] ?? OF_MODELS.exec(path)?.[0];
  return end === undefined
    ? undefined
    : `the address ends with ${end}, a path that is appended to it; is ${origin}${path.slice(0, -end.length)} meant?`;
}
