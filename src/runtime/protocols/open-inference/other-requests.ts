import type { Growth } from '../../arrays/growth.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { Answer, AnswerSettings, Call, Received } from '../protocol.ts';
import { askedModel, described } from '../tensors/model-name.ts';
import { OUTPUT_DATA, readRequestBody } from './body.ts';
import { wrong } from './check.ts';
import { encodeAnswer, toFeatures } from './infer-call.ts';
import { type InferRequest, readInferRequest } from './infer-request.ts';

export { encodeBranch } from '../tensors/branch.ts';

/** A check whether the model can serve. */
export async function readNothing(request: HttpRequest): Promise<Received<'none'>> {
  return {
    async decode(_unitId, _accepts, describe) {
      // Only the path of a model names one.
      if (request.params?.model !== undefined) {
        askedModel(request, await described(describe));
      }
      const name = request.params?.model;
      return { input: {}, encode: async () => ({ body: JSON.stringify({ name, ready: true }) }) };
    },
  };
}

/** The answers of several units, for the one that combines them: a list of what `infer` answers. */
export async function readMessages(request: HttpRequest): Promise<Received<'messageList'>> {
  const { json, binary } = await readRequestBody(request, OUTPUT_DATA);
  binary?.end();
  if (!Array.isArray(json)) {
    throw wrong('the request', 'a list of answers', json);
  }
  const growth: Growth = { bytes: 0 };
  const reads: InferRequest[] = [];
  for (const [index, item] of json.entries()) {
    reads.push(await readInferRequest(item, { member: 'outputs', path: `[${index}]`, growth }));
  }
  const [first] = reads;
  return {
    async decode(_unitId, accepts, describe) {
      if (first === undefined) {
        throw wrong('the request', 'at least one answer', json);
      }
      const description = await described(describe);
      const asked = askedModel(request, description);
      const input: Call<'messageList'>['input'] = { features: [], names: [] };
      for (const read of reads) {
        const { features, names } = await toFeatures(read, description, accepts);
        input.features.push(features);
        input.names.push(names);
      }
      const encode = (answer: Answer, settings: AnswerSettings) =>
        encodeAnswer(answer, settings, { request, read: first, asked, description });
      return { input, encode };
    },
  };
}
