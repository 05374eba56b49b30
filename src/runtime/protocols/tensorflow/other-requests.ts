import { badData } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import { show } from '../../show.ts';
import type { Answer, Call, Received } from '../protocol.ts';
import { described } from '../tensors/model-name.ts';
import { portsOf } from '../tensors/ports.ts';
import { readRequestJson } from '../tensors/request-json.ts';
import { featuresOf } from './features.ts';
import { calledModel, statusModel } from './model-asked.ts';
import { encodeStatus } from './model-status.ts';
import { ANSWERS, readAnswer } from './read-prediction.ts';
import { writePrediction } from './write-prediction.ts';

export { encodeBranch } from '../tensors/branch.ts';
export { encodeMetadata } from './model-status.ts';

/** The question for the status of the model. */
export async function readNothing(request: HttpRequest): Promise<Received<'none'>> {
  return {
    async decode(_unitId, _accepts, describe) {
      const asked = statusModel(request, await described(describe));
      return { input: {}, encode: async () => encodeStatus(asked) };
    },
  };
}

/** The answers of several units, for the one that combines them. */
export async function readMessages(request: HttpRequest): Promise<Received<'messageList'>> {
  const json = await readRequestJson(request, ANSWERS);
  if (!Array.isArray(json) || json.length === 0) {
    throw badData(`the request: expected a list of answers, got ${show(json)}`);
  }
  const answers = json.map((item, index) => readAnswer(item, `[${index}].`));
  return {
    async decode(_unitId, accepts, describe) {
      const description = await described(describe);
      calledModel(request, description);
      const ports = portsOf(description, 'inputs');
      const input: Call<'messageList'>['input'] = { features: [], names: [] };
      for (const answer of answers) {
        const { features, names } = featuresOf(answer, ports, accepts);
        input.features.push(features);
        input.names.push(names);
      }
      const encode = async ({ payload }: Answer) =>
        writePrediction(payload, answers[0]?.format ?? 'instances');
      return { input, encode };
    },
  };
}
