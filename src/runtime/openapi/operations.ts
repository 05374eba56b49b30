import type { DescribedEndpoint, Parameter } from './endpoints.ts';

/** Responses that every endpoint may give, by name. */
const COMMON = ['NotFound', 'InternalError'];

/** Status of each response under `#/components/responses/` that is not a successful answer. */
const STATUS_OF: Readonly<Record<string, string>> = {
  BadRequest: '400',
  NotFound: '404',
  MethodNotAllowed: '405',
  PayloadTooLarge: '413',
  UnsupportedEncoding: '415',
  InternalError: '500',
  NotImplemented: '501',
  UnitUnreachable: '502',
  Unavailable: '503',
  NotReady: '503',
  UnitTimeout: '504',
  ModelError: 'default',
};

/** The document's `paths`: an operation for each method of each path. */
export function toPaths(endpoints: readonly DescribedEndpoint[]): Record<string, unknown> {
  const paths = new Map<string, object>();
  for (const endpoint of endpoints) {
    for (const [path, methods] of Object.entries(endpoint.routes)) {
      paths.set(path, {
        parameters: [
          { $ref: '#/components/parameters/SeldonPuid' },
          ...toPathParameters(path, endpoint.parameters),
          ...toHeaders(endpoint.parameters),
        ],
        // A path may mean something else for each method.
        ...paths.get(path),
        ...Object.fromEntries(
          methods.map((method) => [method.toLowerCase(), toOperation(endpoint, path, method)]),
        ),
      });
    }
  }
  return Object.fromEntries(paths);
}

/** A parameter for each `{name}` segment of a path. */
function toPathParameters(path: string, own: DescribedEndpoint['parameters'] = {}) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    required: true,
    ...(own[name] ?? ANY_VALUE),
  }));
}

/** The last path variable, with the verb in its example: it stands for that of the path. */
function withVerb(path: string, { verb, parameters }: DescribedEndpoint) {
  const last = toPathParameters(path, parameters).at(-1);
  return verb === undefined || last?.example === undefined
    ? []
    : [{ ...last, example: `${last.example}:${verb}` }];
}

const ANY_VALUE: Parameter = {
  in: 'path',
  description: 'Any value is taken.',
  schema: { type: 'string' },
};

function toHeaders(own: DescribedEndpoint['parameters'] = {}) {
  return Object.entries(own)
    .filter(([, parameter]) => parameter.in === 'header')
    .map(([name, parameter]) => ({ name, ...parameter }));
}

function toOperation(endpoint: DescribedEndpoint, path: string, method: 'GET' | 'POST') {
  const { tag, summary, description, request } = endpoint;
  const parameters = [
    ...(request && method === 'GET' ? [{ $ref: `#/components/parameters/${request}` }] : []),
    ...withVerb(path, endpoint),
  ];
  const [main] = Object.keys(endpoint.routes) as [string];
  return {
    operationId: toOperationId(method, path),
    tags: [tag],
    summary: path === main ? summary : `${summary}: another path for ${main}`,
    description,
    ...(parameters.length > 0 && { parameters }),
    ...(request && method === 'POST' && { requestBody: { $ref: `#/components/requestBodies/${request}` } }),
    responses: toResponses(endpoint, path, method),
  };
}

/** `getPredict`, `postApiV10Predictions`. */
function toOperationId(method: string, path: string): string {
  const words = path.replaceAll('.', '').split(/[^a-zA-Z0-9]+/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function toResponses(
  { routes, request, answer, failures, errors = '' }: DescribedEndpoint,
  path: string,
  method: string,
) {
  const names = [
    ...COMMON,
    ...failures,
    ...(routes[path]?.length === 1 ? ['MethodNotAllowed'] : []),
    ...(request && method === 'POST' ? ['UnsupportedEncoding'] : []),
  ];
  return Object.fromEntries([
    ...(answer === undefined ? [] : [['200', { $ref: `#/components/responses/${answer}` }]]),
    ...names.map((name) => [STATUS_OF[name] as string, { $ref: `#/components/responses/${errors}${name}` }]),
  ]);
}
