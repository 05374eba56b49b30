import { NdArray } from '../../arrays/ndarray.ts';
import { badData } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { Meta } from '../../model/message.ts';
import { show } from '../../show.ts';
import type { Answer, Call, Received, Reply, UnitDescription, Wire } from '../protocol.ts';
import { portsOf } from '../tensors/ports.ts';
import { readRequestJson } from '../tensors/request-json.ts';
import { featuresOf } from './features.ts';
import { calledModel, statusModel } from './model-asked.ts';
import { ANSWERS, ARRAYS, type Prediction, readAnswer, readPrediction } from './read-prediction.ts';
import { verbOf } from './verbs.ts';
import { writePrediction } from './write-prediction.ts';

// Asked once in a while.
const loadStatus = () => import('./model-status.ts');

export const read = { none: readNothing, message: readMessage, messageList: readMessages };

/** Reads requests of TensorFlow Serving's REST API, and writes its answers. */
export const wire: Wire = {
  read,
  encodeMetadata: async (metadata, request, names) =>
    (await loadStatus()).encodeMetadata(metadata, request, names),
};

/** The question for the status of the model. */
async function readNothing(request: HttpRequest): Promise<Received<'none'>> {
  return {
    async decode(_unitId, _accepts, describe) {
      const asked = statusModel(request, await described(describe));
      return { input: {}, encode: async () => (await loadStatus()).encodeStatus(asked) };
    },
  };
}

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
          isRoute ? encodeBranch(payload) : writePrediction(payload, prediction.format),
      };
    },
  };
}

/** The answers of several units, for the one that combines them. */
async function readMessages(request: HttpRequest): Promise<Received<'messageList'>> {
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

/** The branch that a router chose, as Seldon's orchestrator reads it. */
function encodeBranch(payload: Answer['payload']): Reply {
  return { body: `[${payload instanceof NdArray ? payload.toFlat().join() : ''}]` };
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

function described(describe: (() => Promise<UnitDescription>) | undefined): Promise<UnitDescription> {
  return describe?.() ?? Promise.resolve({ names: [], metadata: {} });
}
