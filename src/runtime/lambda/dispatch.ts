import { findRoute, type Routed } from '../http/router.ts';
import { type Instance, thisInstance } from '../instance/instance.ts';
import { protocols } from '../protocols/index.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { type EndpointName, withMetricsPath } from '../routes.ts';
import { adapterFor } from './events/index.ts';
import type { Handler } from './handler.ts';

/** Imports the handler of a function. */
type Import = () => Promise<{ readonly handler: Handler }>;

interface Entry extends Routed {
  readonly load: Import;
}

/** Handlers that pass each event on to that of its path. */
export interface Dispatcher {
  /** Has the paths of all. A direct invocation, a schedule and the path `/` mean the first function. */
  readonly handler: Handler;
  /**
   * Makes a handler of the paths that some endpoints have in one protocol, and of no other, `/` included. A
   * direct invocation and a schedule mean the first of them.
   */
  handlerOf(protocol: string, endpoints: readonly EndpointName[]): Promise<Handler>;
}

/**
 * Makes one handler of those of several functions: an event goes to the function whose endpoint has its path.
 *
 * A handler is imported when its first event comes; the first function's is imported at once.
 *
 * @param imports - the handlers by the names of their endpoints. @param rest - of all other paths.
 */
export async function createDispatcher(
  imports: Readonly<Record<EndpointName, Import>>,
  rest: Import,
  { config }: Instance = thisInstance(),
): Promise<Dispatcher> {
  const open = async (names: readonly EndpointName[], only?: Protocol): Promise<Handler> => {
    // A path that looks like one of a protocol means nothing in another.
    const entriesOf = new Map(
      protocols.all.map((protocol) => [
        protocol,
        names.map(
          (name): Entry => ({
            load: imports[name],
            paths: withMetricsPath(protocol.paths[name] ?? {}, config.PREDICTIVE_UNIT_METRICS_ENDPOINT),
            // Whether a path may end in a slash is for the endpoint itself to say.
            mayEndInSlash: true,
          }),
        ),
      ]),
    );
    await imports[names[0] as EndpointName]();
    return async (event, context) => {
      const path = pathIn(event);
      const protocol = only ?? protocols.of({ method: '', path, query: {}, headers: {} });
      const found = only && path === '/' ? undefined : findRoute(entriesOf.get(protocol) ?? [], path);
      const { handler } = await (found?.endpoint.load ?? rest)();
      return handler(event, context);
    };
  };
  return {
    // The keys of the record are the names.
    handler: await open(Object.keys(imports) as EndpointName[]),
    handlerOf: (protocol, endpoints) =>
      open(
        endpoints,
        protocols.all.find(({ name }) => name === protocol),
      ),
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
