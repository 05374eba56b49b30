import type { Feedback, SeldonMessage } from '../runtime/model/message.ts';
import type { Exchange } from './answer.ts';
import { branchOf } from './branch.ts';
import { areProbabilities } from './chart.ts';
import { flatArray } from './flat-array.ts';
import { keepDigits, parseJson } from './json-text.ts';

/** The request and the answer that a feedback is about. */
export type Rewarded = Pick<Feedback, 'request' | 'response'>;

/**
 * The feedback's part of an exchange; undefined where there is nothing to reward: only successful answers to
 * one message can be rewarded.
 */
export function toRewarded({ endpoint, call, answer }: Exchange, unitId: string): Rewarded | undefined {
  if (endpoint.request !== 'SeldonMessage' || answer?.status !== 200) {
    return undefined;
  }
  const request = parseJson(call.body ?? '', keepDigits) as SeldonMessage | undefined;
  const response = parseJson(answer.text, keepDigits) as SeldonMessage | null | undefined;
  if (typeof response !== 'object' || response === null) {
    return undefined;
  }
  const branch = branchOf(response, endpoint);
  // In a graph the orchestrator notes which branch the request took; here this page does.
  const meta =
    branch === undefined
      ? response.meta
      : { ...response.meta, routing: { ...response.meta?.routing, [unitId]: branch } };
  return { request, response: { ...response, ...(meta && { meta }) } };
}

/** The names of the classes whose probabilities an answer has; empty for any other answer. */
export function classesOf({ data }: SeldonMessage): readonly string[] {
  const { values = [] } = flatArray(data) ?? {};
  const areClasses = values.every((value) => typeof value === 'number') && areProbabilities(values);
  return areClasses && data?.names?.length === values.length ? data.names.map(String) : [];
}

/** The answer as it should have been: 1 for the true class, 0 for the others. */
export function truthOf(
  response: SeldonMessage | null | undefined,
  trueClass: number,
): SeldonMessage | undefined {
  const array = flatArray(response?.data);
  return array && { data: array.with(array.values.map((_, index) => (index === trueClass ? 1 : 0))) };
}
