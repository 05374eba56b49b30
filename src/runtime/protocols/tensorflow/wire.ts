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
  encodeMetadata: async (...given) => (await loadOthers()).encodeMetadata(...given),
};

/** Few callers send a CloudEvent. */
async function readMessage(request: HttpRequest): Promise<Received<'message'>> {
  const json = await readRequestJson(request, ARRAYS);
  return 'ce-specversion' in request.headers || Object(json).specversion
    ? (await import('./cloud-event.ts')).receiveEvent(request, json, receive)
    : receive(request, json);
}

/** Receives JSON that is not an event. */
function receive(request: HttpRequest, json: unknown): Received<'message'> {
  const prediction = readPrediction(json);
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
  return (puid ?? signatureName) === undefined
    ? undefined
    : {
        ...(puid !== undefined && { puid }),
        ...(signatureName !== undefined && { signature_name: signatureName }),
      };
}
