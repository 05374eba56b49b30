import { grow } from '../../../arrays/growth.ts';
import { graphError } from '../../../graph-error.ts';
import { readBody } from '../../../http/body.ts';
import type { HttpRequest } from '../../../http/request.ts';
import { stringify } from '../../../json/write-json.ts';
import { isRecord } from '../../../objects.ts';
import type { EndpointName } from '../../../routes.ts';
import { show } from '../../../show.ts';
import type { Flow, GraphWire, UnitMethod } from '../../graph-wire.ts';
import type { Received, Reply } from '../../protocol.ts';
import type { Carried } from '../encode-answer.ts';
import { READERS, toCall } from '../read-request.ts';
import { carry } from './carried-flow.ts';
import type { MessageFlow, OwnMessage } from './message-flow.ts';
import { ofText, TextFlow } from './text-flow.ts';

/** Messages between the units of a graph, in Seldon's protocol. */
export const graphWire: GraphWire = {
  pathOf: (method) => ({
    path: method === 'healthStatus' ? '/health/status' : `/${ENDPOINTS[method]}`,
    endpoint: ENDPOINTS[method],
  }),
  ofRequest: (request) => new TextFlow(withType(request)),
  ofReply: ({ body, headers }) => ofText(body, headers),
  ofMessage: (message) => ofText(stringify(message)),
  ofAnswer: ({ carried }, answer, settings) => carry(answer, carried as Carried, settings),
  join: (flows) => {
    const messages = flows.map(toMessageFlow);
    return { reply: () => joinText(messages), receive: () => receiveAll(messages) };
  },
  async readRoute(flow) {
    let route: unknown;
    try {
      route = await toMessageFlow(flow).route();
    } catch (cause) {
      throw badRoute('a message that cannot be read', cause);
    }
    if (typeof route === 'number' || typeof route === 'bigint') {
      const child = Math.trunc(Number(route));
      if (Number.isSafeInteger(child)) {
        return child;
      }
    }
    throw badRoute(route === undefined ? 'none' : show(route));
  },
  withRouting: (flow, routing) => toMessageFlow(flow).withRouting(routing),
  feedback: {
    ofRequest: (given) => {
      const request = withType(given);
      const flow = new TextFlow(request);
      const read = () => READERS.feedback(request);
      return {
        reply: () => flow.reply(),
        receive: () => ({
          rawArguments: async () => (await read()).rawArguments?.() ?? [],
          decode: async (unitId, accepts) => (await read()).decode(unitId, accepts),
        }),
      };
    },
    async readRouting(feedback) {
      const json = await readBody(withType(feedback));
      const response = isRecord(json) ? json.response : undefined;
      const meta = isRecord(response) ? response.meta : undefined;
      return isRecord(meta) && isRecord(meta.routing) ? meta.routing : {};
    },
  },
};

/** The endpoint of each method of a unit. */
const ENDPOINTS: { readonly [M in UnitMethod]: EndpointName } = {
  predict: 'predict',
  transformInput: 'transform-input',
  transformOutput: 'transform-output',
  route: 'route',
  aggregate: 'aggregate',
  sendFeedback: 'send-feedback',
  healthStatus: 'health-status',
  metadata: 'metadata',
};

/** A message without a content type is JSON, as for the executor. */
function withType(request: HttpRequest): HttpRequest {
  const { headers, message } = request;
  return message !== undefined || headers['content-type'] !== undefined
    ? request
    : { ...request, headers: { ...headers, 'content-type': 'application/json' } };
}

/** A graph has one protocol, whose flows are all made here. */
function toMessageFlow(flow: Flow): MessageFlow {
  return flow as MessageFlow;
}

/** The messages as a JSON list, each with its own letters. */
async function joinText(flows: readonly MessageFlow[]): Promise<Reply> {
  const texts: string[] = [];
  for (const flow of flows) {
    const { body } = await flow.reply();
    texts.push(typeof body === 'string' ? body : Buffer.from(body).toString());
  }
  return { body: `[${texts.join(',')}]` };
}

function receiveAll(flows: readonly MessageFlow[]): Received<'messageList'> {
  return {
    rawArguments: async () => {
      const { body } = await joinText(flows);
      return (await READERS.messageList(toRequest(body))).rawArguments?.() ?? [];
    },
    async decode(_unitId, accepts) {
      const messages: OwnMessage[] = [];
      const growth = { bytes: 0 };
      for (const [index, flow] of flows.entries()) {
        const message = await flow.decode(`seldonMessages[${index}]`, accepts);
        grow(growth, message.grownBytes, `seldonMessages[${index}]`);
        messages.push(message);
      }
      const [first] = messages;
      const metas = messages.flatMap(({ meta }) => (meta === undefined ? [] : [meta]));
      return toCall<'messageList'>(
        { features: messages.map(({ features }) => features), names: messages.map(({ names }) => names) },
        { arrayKind: first?.arrayKind, puid: first?.meta?.puid, metas },
      );
    },
  };
}

function toRequest(body: string | Uint8Array) {
  return { method: 'POST', path: '', query: {}, headers: { 'content-type': 'application/json' }, body };
}

function badRoute(got: string, cause?: unknown): Error {
  return graphError('GRAPH_BAD_ROUTE', `expected a number in the answer of the router, got ${got}`, {
    cause,
  });
}
