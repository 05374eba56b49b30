import { readBody } from '../../../http/body.ts';
import { setMember } from '../../../json/set-member.ts';
import { stringify } from '../../../json/write-json.ts';
import { isRecord } from '../../../objects.ts';
import { parseJson } from '../../../parse-json.ts';
import type { FeedbackWire, Flow } from '../../graph-wire.ts';
import type { Carried } from '../encode-answer.ts';
import { READERS } from '../read-request.ts';
import { ofCaller, ofText } from './text-flow.ts';

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
  async readResponse(request) {
    const json = await readBody(await ofCaller(request).request());
    const response = isRecord(json) ? json.response : undefined;
    const meta = isRecord(response) ? response.meta : undefined;
    const { routing, tags } = isRecord(meta) ? meta : {};
    return { routing: isRecord(routing) ? withNumbers(routing) : {}, missing: missingIn(tags) };
  },
  async withStatus(answer, { carried }) {
    const { status } = carried as Carried;
    const made = isRecord(status)
      ? setMember(await textOf(answer), ['status'], stringify(status))
      : undefined;
    return made === undefined ? answer : ofText(made);
  },
  async withMissing(answer, names) {
    const text = await textOf(answer);
    const message = parseJson(text);
    const meta = isRecord(message) ? message.meta : undefined;
    // Units below may have named others.
    const all = [...missingIn(isRecord(meta) ? meta.tags : undefined), ...names];
    const made = setMember(text, ['meta', 'tags', MISSING], JSON.stringify(all));
    return made === undefined ? answer : ofText(made);
  },
};

async function textOf(answer: Flow): Promise<string> {
  const { body } = await answer.reply();
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}

/** The tag of an answer that names the units without which it was made. */
const MISSING = 'seldon-lambda/missing';

function missingIn(tags: unknown): readonly string[] {
  const names = isRecord(tags) ? tags[MISSING] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** The routes as numbers; in JSON of protobuf, a whole number may be a text. */
function withNumbers(routing: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(routing).map(([name, route]) => [
      name,
      typeof route === 'string' && /^-?\d{1,9}$/.test(route) ? Number(route) : route,
    ]),
  );
}
