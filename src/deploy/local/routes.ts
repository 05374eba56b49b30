/** A route of an HTTP API, and the function that it calls. */
export interface Route {
  /** `ANY /predict`; `$default` for all that has no route. */
  readonly key: string;
  readonly functionName: string;
  /** Nobody waits for the function: a request is answered 202 at once. Default: false. */
  readonly isAsync?: boolean;
}

/** The route of a request, with the values of its path's variables. */
export interface FoundRoute extends Route {
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The event of a function in serverless.yml: `ANY /path`, `*`, or an object with both parts. */
type HttpApi = string | Readonly<Record<string, unknown>>;

/** Lists the routes of functions. */
export function toRoutes(
  functions: Readonly<
    Record<string, { readonly events?: readonly { readonly httpApi?: HttpApi | undefined }[] }>
  >,
): Route[] {
  return Object.entries(functions).flatMap(([functionName, { events = [] }]) =>
    events.flatMap(({ httpApi }) => (httpApi === undefined ? [] : [{ key: keyOf(httpApi), functionName }])),
  );
}

function keyOf(httpApi: HttpApi): string {
  const { method = '*', path = '*' } = typeof httpApi === 'string' ? split(httpApi) : httpApi;
  return path === '*' ? '$default' : `${method === '*' ? 'ANY' : `${method}`.toUpperCase()} ${path}`;
}

function split(httpApi: string): { readonly method?: string; readonly path?: string } {
  const [method, path] = httpApi.trim().split(/\s+/);
  return { ...(method && { method }), ...(path && { path }) };
}

/**
 * Finds the route of a request. As in an HTTP API, a path without variables comes first, `{name+}` comes last
 * but for `$default`, and a method comes before ANY. A slash at the end of the path does not matter.
 *
 * @see "Routing API requests" in "Create routes for HTTP APIs", API Gateway developer guide
 */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute | undefined {
  const asked = path.length > 1 ? path.replace(/\/$/, '') : path;
  let best: FoundRoute | undefined;
  let bestRank = -1;
  for (const route of routes) {
    const pathParameters = match(route, method, asked);
    const rank = rankOf(route);
    if (pathParameters !== undefined && rank > bestRank) {
      best = { ...route, pathParameters };
      bestRank = rank;
    }
  }
  return best;
}

function rankOf({ key }: Route): number {
  if (key === '$default') {
    return 0;
  }
  const variables = key.includes('+}') ? 1 : key.includes('{') ? 2 : 3;
  return variables * 2 + (key.startsWith('ANY ') ? 0 : 1);
}

/** The values of the path's variables, by name; undefined when the route is another one. */
function match({ key }: Route, method: string, path: string): Record<string, string> | undefined {
  if (key === '$default') {
    return {};
  }
  const [wantedMethod, wantedPath = ''] = key.split(' ');
  if (wantedMethod !== 'ANY' && wantedMethod !== method) {
    return undefined;
  }
  const names: string[] = [];
  const pattern = wantedPath.split(/(\{[^{}]+\})/).map((part) => {
    const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? [];
    if (name === undefined) {
      return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    }
    names.push(name);
    return plus ? '(.+)' : '([^/]+)';
  });
  const values = new RegExp(`^${pattern.join('')}$`).exec(path);
  return values === null
    ? undefined
    : Object.fromEntries(names.map((name, index) => [name, values[index + 1] as string]));
}
