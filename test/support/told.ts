import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import type { TestRequest } from './events.ts';
import { type Deployment, deploy } from './functions.ts';

/** Answers for the model `Told`: the method and its arguments in, the result out. */
export type Tell = (method: string, args: readonly unknown[]) => unknown;

/** Serves a class of test/models/lifecycle/Told.ts, whose methods are `tell`. */
export function deployTold(tell: Tell, name = 'Told', environment: Record<string, string> = {}): Deployment {
  vi.stubGlobal('told', tell);
  const MODEL_DIR = fileURLToPath(new URL('../models/lifecycle', import.meta.url));
  return deploy({ MODEL_DIR, MODEL_NAME: `Told.${name}`, ...environment });
}

/** A request for each method of a model. */
export const REQUESTS: Readonly<Record<string, TestRequest>> = {
  predict: { method: 'POST', path: '/predict', body: '{"strData":"x"}' },
  transformInput: { method: 'POST', path: '/transform-input', body: '{"strData":"x"}' },
  transformOutput: { method: 'POST', path: '/transform-output', body: '{"strData":"x"}' },
  route: { method: 'POST', path: '/route', body: '{"strData":"x"}' },
  aggregate: { method: 'POST', path: '/aggregate', body: '[{"strData":"x"}]' },
  sendFeedback: { method: 'POST', path: '/send-feedback', body: '{"reward":1}' },
  healthStatus: { method: 'GET', path: '/health/status' },
};

/** Sends a request; the answer with its body as parsed JSON, or undefined without one. */
export async function ask({ send }: Deployment, request: TestRequest) {
  const { status, headers, body } = await send(request);
  return { status, headers, message: body === '' ? undefined : JSON.parse(body as string) };
}
