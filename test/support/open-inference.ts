import { fileURLToPath } from 'node:url';
import type { EventSource } from './events.ts';
import { type Deployment, deploy } from './functions.ts';

const MODEL_DIR = fileURLToPath(new URL('../models/open-inference', import.meta.url));

/** A tensor of a request, as JSON. */
export interface JsonTensor {
  readonly name?: unknown;
  readonly shape?: unknown;
  readonly datatype?: unknown;
  readonly data?: unknown;
  readonly parameters?: unknown;
}

/** An answer: its JSON is typed as a test reads it. */
export interface V2Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asks for.
  readonly json: any;
  readonly text: string;
}

/** Deploys a model of test/models/open-inference, or of the folder that the environment names. */
export function deployV2(name: string, environment: Readonly<Record<string, string>> = {}): Deployment {
  return deploy({ MODEL_DIR, MODEL_NAME: name, ...environment });
}

/** Calls a path of the Open Inference Protocol. */
export async function callV2(
  functions: Deployment,
  path: string,
  {
    body,
    headers,
    method = body === undefined ? 'GET' : 'POST',
    source,
  }: {
    body?: unknown;
    headers?: Record<string, string>;
    method?: string;
    source?: EventSource;
  } = {},
): Promise<V2Answer> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const answer = await functions.send(
    {
      method,
      path,
      ...(body !== undefined && { body: raw ? (body as string | Uint8Array) : JSON.stringify(body) }),
      ...(headers !== undefined && { headers }),
    },
    source,
  );
  const text = Buffer.from(answer.body).toString();
  const isJson = answer.headers['content-type'] === 'application/json' && text !== '';
  return { ...answer, text, json: isJson ? JSON.parse(text) : undefined };
}

/** Calls `infer` with tensors as JSON. */
export function infer(
  functions: Deployment,
  inputs: readonly JsonTensor[],
  { model, ...rest }: Readonly<Record<string, unknown>> & { readonly model: string },
): Promise<V2Answer> {
  return callV2(functions, `/v2/models/${model}/infer`, { body: { inputs, ...rest } });
}
