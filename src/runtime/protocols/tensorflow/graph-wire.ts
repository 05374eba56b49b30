import { badData } from '../../errors.ts';
import { mediaTypeOf } from '../../http/media-type.ts';
import type { HttpRequest } from '../../http/request.ts';
import { decodeText } from '../../json/decode-text.ts';
import { isRecord } from '../../objects.ts';
import type { EndpointName } from '../../routes.ts';
import type { GraphWire, UnitMethod } from '../graph-wire.ts';
import type { Reply } from '../protocol.ts';
import { chainText } from '../tensors/chain-text.ts';
import { createGraphWire } from '../tensors/graph-wire.ts';
import { readSignature } from './read-signature.ts';

/** Messages between the units of a graph whose protocol is TensorFlow Serving's. */
export async function graphWire(): Promise<GraphWire> {
  const { read } = await import('./wire.ts');
  return createGraphWire({
    read: {
      ...read,
      async message(request) {
        if (mediaTypeOf(request.headers) === 'application/cloudevents+json') {
          // An answer that is an event, too, could not go on to the next unit.
          throw badData('the request: a unit of a graph gets no CloudEvent; send its data alone');
        }
        return read.message(request);
      },
    },
    pathOf,
    members: { answer: 'predictions', request: 'instances' },
    chain: ({ body, headers }, request) => {
      const text = typeof body === 'string' ? body : decodeText(body);
      const chained =
        chainText(text, 'predictions', 'instances') ??
        chainText(text, hasInputs(request) ? 'outputs' : 'inputs', 'inputs');
      return chained === undefined ? undefined : { body: chained, ...(headers && { headers }) };
    },
    readMetadata: readSignature,
    // Its units have none, and Seldon's orchestrator gives it back.
    feedback: {
      answer: ({ body = '', message: json }: HttpRequest): Reply => ({
        body: json === undefined ? body : JSON.stringify(json),
      }),
    },
  });
}

/** Whether the request of a graph has inputs: its units then answer outputs, and predictions otherwise. */
function hasInputs({ body = '', message }: HttpRequest): boolean {
  const text = typeof body === 'string' ? body : decodeText(body);
  return message === undefined
    ? chainText(text, 'inputs', 'inputs') !== undefined
    : isRecord(message) && 'inputs' in message;
}

/** The endpoint and the end of the path of each method. */
const WAYS: { readonly [M in UnitMethod]: readonly [EndpointName, string] } = {
  predict: ['predict', ':predict'],
  transformInput: ['predict', ':predict'],
  transformOutput: ['predict', ':predict'],
  route: ['predict', ':route'],
  aggregate: ['predict', ':aggregate'],
  sendFeedback: ['send-feedback', ':feedback'],
  healthStatus: ['predict', ''],
  metadata: ['metadata', '/metadata'],
};

/**
 * The model in the path of the graph's own request is the name by which all units are called, as by Seldon's
 * orchestrator: a server of models has names of its own.
 */
function pathOf(method: UnitMethod, unit: string, { params }: HttpRequest) {
  const [endpoint, end] = WAYS[method];
  const asked = params?.model?.replace(/:[^:]*$/, '');
  const isCall = end.startsWith(':');
  return { path: `/v1/models/${encodeURIComponent((isCall && asked) || unit)}${end}`, endpoint };
}
