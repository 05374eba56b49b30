import type { HttpRequest } from '../../http/request.ts';
import type { Meta } from '../../model/message.ts';
import type { ReadRequest, Received, Wire } from '../protocol.ts';
import { described } from '../tensors/model-name.ts';
import { portsOf } from '../tensors/ports.ts';
import { readRequestJson } from '../tensors/request-json.ts';
import { featuresOf } from './features.ts';
import { calledModel } from './model-asked.ts';
import { ARRAYS, type Prediction, readPrediction } from './read-prediction.ts';
import { verbOf } from './verbs.ts';
import { writePrediction } from './write-prediction.ts';

// Asked once in a while, or by graphs.
const loadOthers = () => import('./other-requests.ts');

const readNothing: ReadRequest<'none'> = async (request) => (await loadOthers()).readNothing(request);
const readMessages: ReadRequest<'messageList'> = async (request) =>
  (await loadOthers()).readMessages(request);

export const read = { none: readNothing, message: readMessage, messageList: readMessages };

/** Reads requests of TensorFlow Serving's REST API, and writes its answers. */
export const wire: Wire = {
  read,
  encodeMetadata: async (metadata, request, names) =>
    (await loadOthers()).encodeMetadata(metadata, request, names),
};

async function readMessage(request: HttpRequest): Promise<Received<'message'>> {
  const prediction = readPrediction(await readRequestJson(request, ARRAYS));
  const isRoute = verbOf(request.path) === 'route';
  return {
    mayTransform: !isRoute,
    async decode(_unitId, accepts, describe) {
      const description = await described(describe);
      calledModel(request, description);
      const { features, names } = featuresOf(prediction, portsOf(description, 'inputs'), accepts);
      return {
        input: { features, names, meta: metaOf(prediction, request) },
        encode: async ({ payload }) =>
          isRoute ? (await loadOthers()).encodeBranch(payload) : writePrediction(payload, prediction.format),
      };
    },
  };
}

/** The `meta` argument of a method; undefined where the request says nothing beside its values. */
function metaOf({ signatureName }: Prediction, { headers }: HttpRequest): Meta | undefined {
  const puid = headers['seldon-puid'];
  if (signatureName === undefined && puid === undefined) {
    return undefined;
  }
  return {
    ...(puid !== undefined && { puid }),
    ...(signatureName !== undefined && { signature_name: signatureName }),
  };
}
