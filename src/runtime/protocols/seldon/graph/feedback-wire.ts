import { readBody } from '../../../http/body.ts';
import { isRecord } from '../../../objects.ts';
import type { FeedbackWire } from '../../graph-wire.ts';
import { READERS } from '../read-request.ts';
import { ofCaller } from './text-flow.ts';

/** Feedback in the graphs of Seldon's protocol, for the units. */
export const feedbackWire: FeedbackWire = {
  ofRequest(request) {
    const flow = ofCaller(request);
    const read = async () => READERS.feedback(await flow.request());
    return {
      reply: () => flow.reply(),
      receive: () => ({
        rawArguments: async () => (await read()).rawArguments?.() ?? [],
        decode: async (unitId, accepts) => (await read()).decode(unitId, accepts),
      }),
    };
  },
  async readRouting(request) {
    const json = await readBody(await ofCaller(request).request());
    const response = isRecord(json) ? json.response : undefined;
    const meta = isRecord(response) ? response.meta : undefined;
    return isRecord(meta) && isRecord(meta.routing) ? withNumbers(meta.routing) : {};
  },
};

/** The routes as numbers; in JSON of protobuf, a whole number may be a text. */
function withNumbers(routing: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(routing).map(([name, route]) => [
      name,
      typeof route === 'string' && /^-?\d{1,9}$/.test(route) ? Number(route) : route,
    ]),
  );
}
