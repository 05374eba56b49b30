import { findRoute, type Routed } from '../http/router.ts';
import { type Instance, thisInstance } from '../instance/instance.ts';
import type { EndpointName } from '../routes.ts';
import { pathsOf } from './answer-route.ts';
import { adapterFor } from './events/index.ts';
import type { Handler } from './handler.ts';

/** Imports the handler of a function. */
type Import = () => Promise<{ readonly handler: Handler }>;

interface Entry extends Routed {
  readonly load: Import;
}

/**
 * Makes one handler of those of several functions: an event goes to the function whose endpoint has its path.
 * A direct invocation and a schedule mean the first one.
 *
 * A handler is imported when its first event comes; the first function's is imported at once.
 *
 * @param imports - the handlers by the names of their endpoints. @param rest - of all other paths.
 */
export async function createDispatcher(
  imports: Readonly<Record<EndpointName, Import>>,
  rest: Import,
  { config }: Instance = thisInstance(),
): Promise<Handler> {
  // The keys of the record are the names.
  const entries = (Object.entries(imports) as [EndpointName, Import][]).map(
    // Whether a path may end in a slash is for the endpoint itself to say.
    ([name, load]): Entry => ({ load, paths: pathsOf(name, config), mayEndInSlash: true }),
  );
  await entries[0]?.load();
  return async (event, context) => {
    const { handler } = await (findRoute(entries, pathIn(event))?.endpoint.load ?? rest)();
    return handler(event, context);
  };
}

/** The path of an event; empty when it has none, or cannot be read, which any handler reports. */
function pathIn(event: unknown): string {
  try {
    for (const { path } of adapterFor(event).toRequests(event)) {
      return path;
    }
  } catch {
    // The handler throws the same error, and answers it.
  }
  return '';
}
