import { setTimeout } from 'node:timers/promises';
import { type ModelCall, SeldonError } from '../../../src/index.ts';
import type { FoundClass } from '../../../src/runtime/unit/find-class.ts';
import { type ArrivedCall, jsonOf, type StubAnswer } from './graph-case.ts';

/**
 * A model in the place of a node: it answers what the executor's node answered, and notes its calls.
 *
 * @param answers - by path, or `*`; default: the message comes back.
 */
export function stubModel(
  node: string,
  answers: Readonly<Record<string, StubAnswer>>,
  arrived: ArrivedCall[],
): FoundClass {
  const answer = async (path: string, message: unknown, call: ModelCall, method = 'POST') => {
    arrived.push({ node, method, path, body: structuredClone(message), headers: { ...call.headers } });
    const { status = 200, body, delayMs } = answers[path] ?? answers['*'] ?? {};
    if (delayMs !== undefined) {
      await setTimeout(delayMs);
    }
    const json = body === undefined ? message : jsonOf(body);
    if (status !== 200) {
      throw new SeldonError('STUB', 'the stub fails', { status, body: json });
    }
    return json;
  };
  class Stub {
    predictRaw = (message: unknown, call: ModelCall) => answer('/predict', message, call);
    transformInputRaw = (message: unknown, call: ModelCall) => answer('/transform-input', message, call);
    transformOutputRaw = (message: unknown, call: ModelCall) => answer('/transform-output', message, call);
    routeRaw = (message: unknown, call: ModelCall) => answer('/route', message, call);
    aggregateRaw = (message: unknown, call: ModelCall) => answer('/aggregate', message, call);
    sendFeedbackRaw = (message: unknown, call: ModelCall) => answer('/send-feedback', message, call);
    healthStatusRaw = (call: ModelCall) => answer('/health/status', '', call, 'GET');
    initMetadata = (call: ModelCall) => answer('/metadata', '', call, 'GET');
  }
  return { name: 'Stub', importModule: async () => ({}), classIn: () => Stub as never };
}
