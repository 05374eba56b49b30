import type { HttpRequest } from '../../http/request.ts';
import { createOnce } from '../../once.ts';
import type { Protocol, Wire } from '../protocol.ts';
import { verbOf } from './verbs.ts';

const MODEL = '/v1/models/{model}';
const VERSION = `${MODEL}/versions/{version}`;
const GET = ['GET'] as const;
const BOTH = ['GET', 'POST'] as const;

/**
 * The REST API of TensorFlow Serving, version 1: also known as KServe's V1. In a direct invocation, an event
 * with a list `instances` and no payload of another protocol is a request of it.
 *
 * A gateway has no paths such as `{model}:predict`. So the last segment is `{model}` with whatever follows
 * it, and one function answers all calls, and the question for the status.
 *
 * @see https://www.tensorflow.org/tfx/serving/api_rest
 */
export const tensorflow: Protocol = {
  name: 'tensorflow',
  paths: {
    predict: { [MODEL]: BOTH, [VERSION]: BOTH },
    metadata: { '/v1/models': GET, [`${MODEL}/metadata`]: GET, [`${VERSION}/metadata`]: GET },
  },
  mayEndInSlash: true,
  matches: ({ path, message }) =>
    path === '' ? isPrediction(message) : /(^|\/)v1\/models([/:]|$)/.test(path),
  serviceOf: (path) => (verbOf(path) === 'predict' ? 'predictions' : undefined),
  endpointOf: ({ method, path }) =>
    method === 'GET' || method === 'HEAD' ? 'health-status' : (verbOf(path) ?? 'predict'),
  encodeError: ({ message, reason }) => ({ body: JSON.stringify({ error: message, reason }) }),
  // Loaded at the first call of this protocol, and kept.
  wire: () => loaded(async () => (await import('./wire.ts')).wire),
};

const loaded = createOnce<Wire>();

function isPrediction(message: HttpRequest['message']): boolean {
  const { instances, ...others } = (message ?? {}) as Readonly<Record<string, unknown>>;
  return (
    Array.isArray(instances) &&
    !['data', 'strData', 'binData', 'jsonData', 'seldonMessages', 'inputs'].some((field) => field in others)
  );
}
