import type { HttpRequest } from '../../http/request.ts';
import type { ReadRequest, Received, Wire } from '../protocol.ts';
import { askedModel, described } from '../tensors/model-name.ts';
import { INPUT_DATA, readRequestBody } from './body.ts';
import { encodeAnswer, toFeatures } from './infer-call.ts';
import { metaOf, readInferRequest } from './infer-request.ts';

// Asked once in a while, or by graphs.
const loadOthers = () => import('./other-requests.ts');
const loadMetadata = () => import('./model-metadata.ts');

const readNothing: ReadRequest<'none'> = async (request) => (await loadOthers()).readNothing(request);
const readMessages: ReadRequest<'messageList'> = async (request) =>
  (await loadOthers()).readMessages(request);

export const read = { none: readNothing, message: readMessage, messageList: readMessages };

/** Answers that the process lives. */
export const encodeLive: Wire['encodeLive'] = () => ({ body: '{"live":true}' });

export const encodeServer: Wire['encodeServer'] = async (request, describe) =>
  (await import('./all-models.ts')).encodeServer(request, describe);
export const encodeMetadata: Wire['encodeMetadata'] = async (metadata, request, names) =>
  (await loadMetadata()).encodeMetadata(metadata, request, names);

async function readMessage(request: HttpRequest): Promise<Received<'message'>> {
  const { json, binary } = await readRequestBody(request, INPUT_DATA);
  const read = await readInferRequest(json, { member: 'inputs', path: '', growth: { bytes: 0 }, binary });
  const isRoute = /\/route\/?$/.test(request.path);
  return {
    mayTransform: !isRoute,
    async decode(_unitId, accepts, describe) {
      const description = await described(describe);
      const asked = askedModel(request, description);
      const { features, names } = await toFeatures(read, description, accepts);
      return {
        input: { features, names, meta: metaOf(read, request.headers['seldon-puid']) },
        encode: (answer, settings) =>
          isRoute
            ? loadOthers().then(({ encodeBranch }) => encodeBranch(answer.payload))
            : encodeAnswer(answer, settings, { request, read, asked, description }),
      };
    },
  };
}
