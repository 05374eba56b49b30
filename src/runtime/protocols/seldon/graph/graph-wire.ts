import { grow } from '../../../arrays/growth.ts';
import { stringify } from '../../../json/write-json.ts';
import type { EndpointName } from '../../../routes.ts';
import type { Flow, GraphWire, UnitMethod } from '../../graph-wire.ts';
import type { Received, Reply } from '../../protocol.ts';
import type { Carried } from '../encode-answer.ts';
import { READERS, toCall } from '../read-request.ts';
import { carry } from './carried-flow.ts';
import type { MessageFlow, OwnMessage } from './message-flow.ts';
import { ofCaller, ofText } from './text-flow.ts';

/** Messages between the units of a graph, in Seldon's protocol. */
export const graphWire: GraphWire = {
  pathOf: (method) => ({
    path: method === 'healthStatus' ? '/health/status' : `/${ENDPOINTS[method]}`,
    endpoint: ENDPOINTS[method],
  }),
  ofRequest: ofCaller,
  ofReply: ({ body, headers }) => ofText(body, headers),
  ofMessage: (message) => ofText(stringify(message)),
  ofAnswer: ({ carried }, answer, settings) => carry(answer, carried as Carried, settings),
  join: (flows) => {
    const messages = flows.map(toMessageFlow);
    return { reply: () => joinText(messages), receive: () => receiveAll(messages) };
  },
  async readRoute(flow) {
    let route: unknown;
    let cause: unknown;
    try {
      route = await toMessageFlow(flow).route();
    } catch (error) {
      cause = error;
    }
    const isNumber = typeof route === 'number' || typeof route === 'bigint';
    const child = isNumber && Math.trunc(Number(route));
    if (Number.isSafeInteger(child)) {
      return child as number;
    }
    throw (await import('./bad-route.ts')).badRoute(route, cause);
  },
  withRouting: (flow, routing) => toMessageFlow(flow).withRouting(routing),
  toValue: async (flow) => (await import('./to-value.ts')).toValue(toMessageFlow(flow)),
  feedback: async () => (await import('./feedback-wire.ts')).feedbackWire,
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

/** A graph has one protocol, whose flows are all made here. */
function toMessageFlow(flow: Flow): MessageFlow {
  return flow as MessageFlow;
}

/** A message that can be an item of a JSON list. @throws SeldonError GRAPH_BAD_ANSWER for what is none. */
async function itemOf(flow: MessageFlow, index: number): Promise<MessageFlow> {
  try {
    return await flow.item();
  } catch (cause) {
    throw (await import('../../../combination-error.ts')).combinationError(index, cause);
  }
}

/** The messages as a JSON list, each with its own letters. */
async function joinText(flows: readonly MessageFlow[]): Promise<Reply> {
  const texts: string[] = [];
  for (const flow of flows) {
    const { body } = await (await itemOf(flow, texts.length)).reply();
    texts.push(typeof body === 'string' ? body : Buffer.from(body).toString());
  }
  return { body: `[${texts.join(',')}]` };
}

function receiveAll(flows: readonly MessageFlow[]): Received<'messageList'> {
  return {
    rawArguments: async () => {
      const { body } = await joinText(flows);
      return (await READERS.messageList(await ofText(body).request())).rawArguments?.() ?? [];
    },
    async decode(_unitId, accepts) {
      const messages: OwnMessage[] = [];
      const growth = { bytes: 0 };
      for (const [index, flow] of flows.entries()) {
        const item = await itemOf(flow, index);
        const message = await item.decode(`seldonMessages[${index}]`, accepts);
        grow(growth, message.grownBytes, `seldonMessages[${index}]`);
        messages.push(message);
      }
      const [first] = messages;
      const metas = messages.flatMap(({ meta }) => (meta === undefined ? [] : [meta]));
      return toCall<'messageList'>(
        { features: messages.map(({ features }) => features), names: messages.map(({ names }) => names) },
        { arrayKind: first?.arrayKind, puid: first?.meta?.puid, metas, status: first?.status },
      );
    },
  };
}
