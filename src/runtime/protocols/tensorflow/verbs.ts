import type { EndpointName } from '../../routes.ts';

/**
 * The verbs of calls, behind the name of a model or a version, with the endpoint that each means. Seldon's
 * orchestrator has the last two.
 */
export const VERBS: Readonly<Record<string, EndpointName>> = {
  ':predict': 'predict',
  ':route': 'route',
  ':aggregate': 'aggregate',
};

/** The verb at the end of a path; undefined without one that is known. */
export function verbOf(path: string): string | undefined {
  return Object.keys(VERBS).find((verb) => path.endsWith(verb));
}
