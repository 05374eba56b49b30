import { expect } from 'vitest';
import type { Expected } from '../expected.ts';

/** An output of an answer, with numbers as texts. */
export interface Output {
  readonly name: string;
  readonly shape: readonly string[];
  readonly datatype: string;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly data?: readonly unknown[];
  readonly bytes?: string;
}

/** The body of an answer to infer. */
export interface Inferred {
  readonly model_name: string;
  readonly model_version?: string | null;
  readonly id?: unknown;
  readonly parameters?: unknown;
  readonly outputs: readonly Output[];
}

/** Any id, where the peer or its model made one. */
export const ANY_ID: unknown = expect.stringMatching(/./);

/** The body of an expected answer of infer; undefined for any other. */
export function inferredOf({ status, body }: Expected): Inferred | undefined {
  const isInferred =
    status === 200 && typeof body === 'object' && body !== null && 'model_name' in body && 'outputs' in body;
  return isInferred && Array.isArray(body.outputs) ? (body as Inferred) : undefined;
}

/** The same answer with other outputs. */
export function withOutputs(answer: Expected, change: (output: Output) => Output): Expected {
  const body = inferredOf(answer);
  return body === undefined ? answer : { ...answer, body: { ...body, outputs: body.outputs.map(change) } };
}

/** The answer of the model that gives back its input: for a request that its peer did not answer. */
export function identityAnswer(
  input: { shape: readonly number[]; data: readonly number[]; datatype?: string },
  id: unknown = ANY_ID,
): Expected {
  const { shape, data, datatype = 'FP32' } = input;
  const output = {
    name: 'x',
    shape: shape.map((length) => `number ${length}`),
    datatype,
    data: data.map((value) => `number ${value}`),
  };
  const body = { model_name: 'identity', id, outputs: [output] };
  return { status: 200, contentType: 'application/json', allow: undefined, body };
}
