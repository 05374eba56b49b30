import { ROUTES } from '../../runtime/routes.ts';
import type { Definition, HttpEvent, RestEvent, Stack } from '../serverless-types.ts';

/** Replaces every plain route of serverless.yml by the events of an API; other events stay as they are. */
export function eachRoute(
  { functions, custom, parameters, provider, slugs }: Stack,
  toEvents: (path: string, isOpen: boolean) => readonly (HttpEvent | RestEvent)[],
): void {
  const metrics = [...Object.keys(ROUTES.metrics), provider.environment.PREDICTIVE_UNIT_METRICS_ENDPOINT];
  const open = [...custom.open, ...(parameters.metricsAuth === 'none' ? metrics : [])];
  for (const definition of Object.values(functions)) {
    definition.events = definition.events.flatMap((event): Definition['events'] => {
      if (!('httpApi' in event) || typeof event.httpApi !== 'string') {
        return [event];
      }
      const path = event.httpApi.replace(/^ANY /, '');
      return [...toEvents(path, open.includes(withoutSlug(path, slugs)))];
    });
  }
}

/** `/iris/docs` -> /docs: what is open at the plain path is open for every model. */
function withoutSlug(path: string, slugs: readonly string[]): string {
  const [, first = '', ...rest] = path.split('/');
  return slugs.includes(first) && rest.length > 0 ? `/${rest.join('/')}` : path;
}
