import type { SeldonError } from '../errors.ts';

/** A step of a node of KServe's InferenceGraph, as the parameters of the node's unit have it. */
export interface InferenceStep {
  /** The name under which an Ensemble has its answer. */
  readonly name: string;
  /** A gjson path: of a Sequence into the answer of the step before, of a Switch into the message. */
  readonly condition?: string | undefined;
  /** Whether it gets the answer of the step before, in place of the node's message. */
  readonly takesAnswer?: boolean | undefined;
  /** Whether the node goes on when the step answers an error. */
  readonly mayFail?: boolean | undefined;
}

/** The steps of a node, in the order of its children. They were checked when the graph was packaged. */
export function readSteps(parameters: string): readonly InferenceStep[] {
  return JSON.parse(parameters);
}

/** Errors that are no answer of a step: KServe's router ends with them, whatever depends on the step. */
const NO_ANSWER = ['GRAPH_NODE_UNREACHABLE', 'GRAPH_TIMEOUT', 'GRAPH_BAD_ANSWER', 'GRAPH_BAD_ROUTE'];

/** Whether a step has answered an error, so that a node may go on without it. */
export function isSpared({ mayFail }: InferenceStep, { reason }: SeldonError): boolean {
  return mayFail === true && !NO_ANSWER.includes(reason);
}
