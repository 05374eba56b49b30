import { findRoute, type Routed } from '../http/router.ts';
import { type Instance, thisInstance } from '../instance/instance.ts';
import { FUNCTIONS } from '../routes.ts';
import { pathsOf } from './answer-route.ts';
import { adapterFor } from './events/index.ts';
import type { Handler } from './handler.ts';

/** Imports the handlers of functions, by name; the first one gets what has no path. */
type Imports = Readonly<Record<string, () => Promise<{ readonly handler: Handler }>>>;

interface Entry extends Routed {
  readonly name: string;
}

/**
 * Makes one handler of those of several functions: an event goes to the function that has its path, and to
 * `not-found` when none has. A direct invocation and a schedule mean the first function.
 *
 * A handler is imported when its first event comes; the first function's is imported at once.
 */
export async function createDispatcher(
  imports: Imports,
  instance: Instance = thisInstance(),
): Promise<Handler> {
  const entries = Object.keys(imports).flatMap((name) =>
    (FUNCTIONS[name] ?? []).map(
      // Whether a path may end in a slash is for its endpoint to say.
      (endpoint): Entry => ({ name, paths: pathsOf(endpoint, instance.config), mayEndInSlash: true }),
    ),
  );
  const [first = 'not-found'] = Object.keys(imports);
  await imports[first]?.();
  return async (event, context) => {
    const name = findRoute(entries, pathIn(event))?.endpoint.name ?? 'not-found';
    const { handler } = await (imports[name] as Imports[string])();
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
