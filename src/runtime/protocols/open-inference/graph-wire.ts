import { SeldonError } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import { decodeText } from '../../json/decode-text.ts';
import type { EndpointName } from '../../routes.ts';
import type { GraphWire, UnitMethod } from '../graph-wire.ts';
import type { Reply } from '../protocol.ts';
import { chainText } from '../tensors/chain-text.ts';
import { createGraphWire } from '../tensors/graph-wire.ts';
import { JSON_LENGTH } from './json-length.ts';

/** Messages between the units of a graph whose protocol is the Open Inference Protocol. */
export async function graphWire(): Promise<GraphWire> {
  const { read } = await import('./wire.ts');
  return createGraphWire({
    read,
    pathOf,
    members: { answer: 'outputs', request: 'inputs' },
    chain,
    toJson: async (reply) =>
      reply.headers?.[JSON_LENGTH] === undefined ? reply : (await import('./to-json.ts')).toJson(reply),
    toValue: async (flow) => (await import('./to-value.ts')).toValue(await flow.reply()),
    feedback: {
      answer({ path }: HttpRequest) {
        const info = `${path} does not exist: the Open Inference Protocol has no feedback`;
        throw new SeldonError('MICROSERVICE_NOT_FOUND', info);
      },
    },
  });
}

/** The endpoint and the end of the path of each method. All kinds of units but two are called alike. */
const WAYS: { readonly [M in UnitMethod]: readonly [EndpointName, string] } = {
  predict: ['predict', '/infer'],
  transformInput: ['predict', '/infer'],
  transformOutput: ['predict', '/infer'],
  route: ['route', '/route'],
  aggregate: ['aggregate', '/aggregate'],
  sendFeedback: ['send-feedback', '/feedback'],
  healthStatus: ['health-status', '/ready'],
  metadata: ['metadata', ''],
};

/** A unit is called by its own name, whatever name the path of the graph's request has. */
function pathOf(method: UnitMethod, unit: string) {
  const [endpoint, end] = WAYS[method];
  return { path: `/v2/models/${encodeURIComponent(unit)}${end}`, endpoint };
}

/** An answer as a request; bytes of tensors stay behind the JSON. */
function chain(reply: Reply): Reply | undefined {
  const { body, headers = {} } = reply;
  const length = headers[JSON_LENGTH];
  const bytes = length === undefined ? undefined : Buffer.from(body);
  const json = bytes === undefined ? body : bytes.subarray(0, Number(length));
  const chained = chainText(typeof json === 'string' ? json : decodeText(json), 'outputs', 'inputs');
  if (chained === undefined || bytes === undefined) {
    return chained === undefined ? undefined : { body: chained, headers };
  }
  const text = Buffer.from(chained);
  return {
    body: Buffer.concat([text, bytes.subarray(Number(length))]),
    headers: { ...headers, [JSON_LENGTH]: `${text.length}` },
  };
}
