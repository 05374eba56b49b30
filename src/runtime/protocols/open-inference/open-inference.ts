import { createOnce } from '../../once.ts';
import type { HttpMethod, Routes } from '../../routes.ts';
import type { Protocol, Wire } from '../protocol.ts';

/** Paths below `/v2`. `*` stands for a model, and `@` for a version of it. */
function routes(method: HttpMethod, ...ends: readonly string[]): Routes {
  return Object.fromEntries(
    ends.map((end) => [
      `/v2${end.replace('*', '/models/{model}').replace('@', '/versions/{version}')}`,
      [method],
    ]),
  );
}

/** Not where `/v2` is the base path of a domain, before a path of Seldon's. */
const PATH =
  /(^|\/)v2(?!\/(api|seldon|predict|transform|route|aggregate|send|health.[ps]|met|prometheus))(\/|$)/;

/**
 * The Open Inference Protocol, version 2: the protocol of KServe, Triton and MLServer. In a direct invocation
 * it is known by the datatype of the first input.
 *
 * @see https://github.com/kserve/open-inference-protocol
 */
export const openInference: Protocol = {
  name: 'open-inference',
  paths: {
    predict: routes('POST', '*/infer', '*@/infer'),
    route: routes('POST', '*/route'),
    aggregate: routes('POST', '*/aggregate'),
    ping: routes('GET', '/health/live'),
    'health-status': routes('GET', '/health/ready', '*/ready', '*@/ready'),
    metadata: {
      ...routes('GET', '', '/models', '*', '*@'),
      ...routes('POST', '/repository/index', '/repository*/load', '/repository*/unload'),
    },
    openapi: routes('GET', '/docs/dataplane.json', '*/docs/dataplane.json'),
    docs: routes('GET', '/docs', '*/docs'),
  },
  mayEndInSlash: true,
  mayViewBody: true,
  matches: ({ path, message }) =>
    path === '' ? (message as Message)?.inputs?.[0]?.datatype !== undefined : PATH.test(path),
  serviceOf: (path) => (/\/infer\/?$/.test(path) ? 'predictions' : undefined),
  encodeError: ({ message, reason }) => ({ body: JSON.stringify({ error: message, reason }) }),
  // Loaded at the first call of this protocol, and kept: an import that is repeated costs a small call 5 us.
  wire: () => loaded(() => import('./wire.ts')),
};

const loaded = createOnce<Wire>();

/** What a direct invocation may bring; members of any other value are undefined. */
type Message =
  | { readonly inputs?: readonly ({ readonly datatype?: unknown } | null)[] | null }
  | null
  | undefined;
