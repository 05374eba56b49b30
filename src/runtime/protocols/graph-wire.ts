import type { HttpRequest } from '../http/request.ts';
import type { SeldonMessage } from '../model/message.ts';
import type { MethodName } from '../model/model.ts';
import type { EndpointName } from '../routes.ts';
import type { Answer, AnswerSettings, Call, Received, Reply, RequestKind } from './protocol.ts';

/** The kinds of requests that a unit gets from another unit of its graph. */
export type FlowKind = Exclude<RequestKind, 'none'>;

/**
 * A message on its way from one unit of a graph to others. It is held in the form in which it came, and gets
 * another form when that is first asked for. Nobody can change it.
 */
export interface Flow<K extends FlowKind = 'message'> {
  /** The message for a unit elsewhere; everybody gets the same. */
  reply(): Promise<Reply>;
  /**
   * The message for a unit of this process: as if it had been sent as {@link reply}. Each decoded message
   * belongs to its reader, who may change it.
   */
  receive(sent: Sent): Received<K>;
}

/** Where and with which headers a message would have been sent to a unit: they may say what it means. */
export type Sent = Pick<HttpRequest, 'path' | 'headers'>;

/** A method of a unit that other parts of a graph call, or its description. */
export type UnitMethod = MethodName | 'metadata';

/** Where a unit elsewhere answers a call. */
export interface UnitPath {
  readonly path: string;
  /** The endpoint that answers there, which may have a function of its own. */
  readonly endpoint: EndpointName;
}

/** Messages between the units of a graph. Those of all protocols are in graph-wires.ts. */
export interface GraphWire {
  /**
   * The path of a call of a unit elsewhere.
   *
   * @param unit - its name in the graph. @param request - of the graph.
   */
  pathOf(method: UnitMethod, unit: string, request: HttpRequest): UnitPath;
  /** The answer of a unit as a request for another one; default: as it is. `request`: of the graph. */
  toRequest?(flow: Flow, request: HttpRequest): Flow;
  /** The request of a graph, for its first unit. */
  ofRequest(request: HttpRequest): Flow;
  /** The answer of a unit elsewhere, for the next unit. */
  ofReply(reply: Reply): Flow;
  /** The answer of a unit of this process. `call`: the call that it answers. */
  ofAnswer(call: Call<RequestKind>, answer: Answer, settings: AnswerSettings): Flow | Promise<Flow>;
  /** A whole message of Seldon's; undefined in a protocol that has other messages. */
  ofMessage?(message: SeldonMessage): Flow;
  /** The answers of several units, in order, for the unit that combines them. */
  join(flows: readonly Flow[]): Flow<'messageList'>;
  /**
   * Reads the child that a router has chosen: -1 means all children, -2 none.
   *
   * @throws SeldonError GRAPH_BAD_ROUTE when the answer has no number where the route should be.
   */
  readRoute(flow: Flow): Promise<number>;
  /** The same message with `meta.routing`. */
  withRouting(flow: Flow, routing: Readonly<Record<string, number>>): Promise<Flow>;
  /**
   * The message as plain values of JSON; default: that of its text.
   *
   * @throws Error when it is not JSON.
   */
  toValue?(flow: Flow): Promise<unknown>;
  /** What a unit says of itself in the words of the protocol, as metadata of Seldon's; default: as it is. */
  readMetadata?(answered: unknown): unknown;
  feedback(): Promise<FeedbackWire>;
}

/** Feedback in the graphs of a protocol: for the units, or answered by the graph itself. */
export type FeedbackWire =
  | {
      /** A feedback, for all units that get it. */
      ofRequest(request: HttpRequest): Flow<'feedback'>;
      /** Reads how the response in a feedback was made, without checking the rest of it. */
      readResponse(request: HttpRequest): Promise<AnswerPath>;
      /** An answer that names units without which it was made: no feedback is due to them. */
      withMissing(answer: Flow, names: readonly string[]): Promise<Flow>;
      /** An answer with the status of the first message of the call that it answers. */
      withStatus(answer: Flow, call: Call<RequestKind>): Promise<Flow>;
    }
  | {
      /** @throws SeldonError when the protocol has no feedback. */
      answer(request: HttpRequest): Reply;
    };

/** How an answer of a graph was made. */
export interface AnswerPath {
  /** `meta.routing`: which children of each unit had been called. */
  readonly routing: Readonly<Record<string, unknown>>;
  /** The units without which it was made. */
  readonly missing: readonly string[];
}
