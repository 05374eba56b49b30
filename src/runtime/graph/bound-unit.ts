import type { HttpResponse } from '../http/request.ts';
import type { CallContext } from '../instance/endpoint.ts';
import type { Instance } from '../instance/instance.ts';
import type { Invocation } from '../invocation.ts';
import type { Metric } from '../model/message.ts';
import type { Flow, GraphWire } from '../protocols/graph-wire.ts';
import type { PredictorSettings } from '../unit/settings.ts';
import type { OpenNode } from './open-node.ts';
import type { UnitPlan } from './plan.ts';
import type { Walk } from './walk.ts';

/** The messages of the calls that a unit gets, by the names of its methods. */
export interface Messages {
  readonly predict: Flow;
  readonly transformInput: Flow;
  readonly transformOutput: Flow;
  readonly route: Flow;
  readonly aggregate: Flow<'messageList'>;
  readonly sendFeedback: Flow<'feedback'>;
}

/** A method that a graph calls. */
export type GraphMethod = keyof Messages;

/** The path of each method, as the executor calls it and its metrics name it. */
export const METHOD_PATHS: { readonly [M in GraphMethod]: string } = {
  predict: '/predict',
  transformInput: '/transform-input',
  transformOutput: '/transform-output',
  route: '/route',
  aggregate: '/aggregate',
  sendFeedback: '/send-feedback',
};

/** Facts about one call of a unit. */
export interface UnitCall {
  /** The graph's call. */
  readonly context: CallContext;
  /** Of the graph's call, with the idempotency key of this unit. */
  readonly invocation: Invocation;
  /** The headers that pass on to the unit, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The names of the units below it, whose answers it combines, in order. */
  readonly children: readonly string[];
  /** Milliseconds that the call may take. */
  readonly timeoutMs: number;
}

/** What a unit has answered. */
export interface Called {
  readonly flow: Flow;
  /** The metrics that the model made in this call; empty for a unit elsewhere. */
  readonly metrics: readonly Metric[];
}

/** A call of a unit that has ended. */
export interface EndedCall {
  readonly status: number;
  readonly durationMs: number;
  readonly metrics: readonly Metric[];
}

/** The answer of a child that was sent a message. */
export interface Passed {
  readonly flow: Flow;
  readonly route: number;
}

/** A unit of a graph, wherever it runs. */
export interface BoundUnit {
  /** Where it runs: an attribute of spans, and the name in messages. */
  readonly where: 'local' | 'implementation' | 'lambda' | 'http';
  /** The labels of its metrics; undefined: it is not counted, as the executor does not count its own code. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /**
   * Calls a method.
   *
   * @throws SeldonError for an answer that is not 200, with the unit's own status and body.
   */
  call<M extends GraphMethod>(method: M, message: Messages[M], call: UnitCall): Promise<Called>;
  /**
   * Sends a message to the children without being called: a hardcoded router.
   *
   * @param send - sends the message to a child of the node, or another one.
   * @returns the answer, and the place of whose it is; -2 means the message itself.
   * @throws SeldonError for a message that it cannot read.
   */
  pass?(
    walk: Walk,
    node: OpenNode,
    message: Flow,
    send: (child: OpenNode, message?: Flow) => Promise<Flow>,
  ): Promise<Passed>;
  /** Counts a call that has ended, as the unit's own function would. */
  count?(method: GraphMethod, ended: EndedCall): void;
  /** Answers GET /health/status; undefined: the unit has none. */
  status?(call: UnitCall): Promise<HttpResponse>;
  /** Answers GET /metadata; undefined: the unit has none. */
  metadata?(call: UnitCall): Promise<HttpResponse>;
  /** Checks that a unit elsewhere can be reached, without calling it; undefined: `prepare` says so. */
  check?(timeoutMs: number): Promise<void>;
  /** Loads a model of this process, or warms a unit up that runs elsewhere; the next call is then quick. */
  prepare(remainingMs?: () => number): Promise<unknown>;
}

/** The part of a graph that its units use. */
export interface BindingHost {
  readonly instance: Instance;
  readonly wire: GraphWire;
  /** The predictor, which is a part of the keys and labels of its units. */
  readonly predictor: PredictorSettings;
}

/** Opens the units of one kind of target. */
export interface Binding {
  readonly name: string;
  /** Whether a target is of this kind; exactly one binding matches each. */
  matches(target: string): boolean;
  /**
   * Opens a unit; nothing is called yet.
   *
   * @param name - the unit's name in the graph.
   */
  open(name: string, plan: UnitPlan, host: BindingHost): BoundUnit | Promise<BoundUnit>;
}
