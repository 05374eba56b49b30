import type { Growth } from '../../arrays/growth.ts';
import { NdArray } from '../../arrays/ndarray.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { PayloadField } from '../../model/model.ts';
import type { Answer, AnswerSettings, Call, Received, Reply, UnitDescription, Wire } from '../protocol.ts';
import { type AnswerTensor, tensorsOf } from '../tensors/answer-tensors.ts';
import { type Asked, askedModel } from '../tensors/model-name.ts';
import type { Features } from '../tensors/payload-of.ts';
import { portsOf } from '../tensors/ports.ts';
import { INPUT_DATA, OUTPUT_DATA, readRequestBody } from './body.ts';
import { wrong } from './check.ts';
import { encodeInferAnswer, type Output } from './infer-answer.ts';
import { type InferRequest, metaOf, readInferRequest } from './infer-request.ts';
import { chooseOutputs } from './requested-outputs.ts';

const loadPayloadOf = () => import('../tensors/payload-of.ts');

export const read = { none: readNothing, message: readMessage, messageList: readMessages };

/** Answers that the process lives. */
export const encodeLive: Wire['encodeLive'] = () => ({ body: '{"live":true}' });

// Asked once in a while.
export const encodeServer: Wire['encodeServer'] = async (request) =>
  (await import('./model-metadata.ts')).encodeServer(request);
export const encodeMetadata: Wire['encodeMetadata'] = async (metadata, request, names) =>
  (await import('./model-metadata.ts')).encodeMetadata(metadata, request, names);

/** A check whether the model can serve. */
async function readNothing(request: HttpRequest): Promise<Received<'none'>> {
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

async function readMessage(request: HttpRequest): Promise<Received<'message'>> {
  const { json, binary } = await readRequestBody(request, INPUT_DATA);
  const read = readInferRequest(json, { member: 'inputs', path: '', growth: { bytes: 0 }, binary });
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
            ? encodeBranch(answer)
            : encodeAnswer(answer, settings, { request, read, asked, description }),
      };
    },
  };
}

/** The answers of several units, for the one that combines them: a list of what `infer` answers. */
async function readMessages(request: HttpRequest): Promise<Received<'messageList'>> {
  const { json, binary } = await readRequestBody(request, OUTPUT_DATA);
  binary?.end();
  if (!Array.isArray(json)) {
    throw wrong('the request', 'a list of answers', json);
  }
  const growth: Growth = { bytes: 0 };
  const reads = json.map((item, index) =>
    readInferRequest(item, { member: 'outputs', path: `[${index}]`, growth }),
  );
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

async function toFeatures(
  { tensors, contentType }: InferRequest,
  description: UnitDescription,
  accepts: readonly PayloadField[] | undefined,
): Promise<Features> {
  const [only] = tensors;
  // Most requests have one tensor of numbers, which means itself.
  const isPlain = tensors.length === 1 && contentType === undefined && accepts === undefined;
  if (isPlain && only?.content instanceof NdArray) {
    return { features: only.content, names: [] };
  }
  const { payloadOf } = await loadPayloadOf();
  return payloadOf(tensors, { contentType, ports: portsOf(description, 'inputs'), accepts });
}

/** The request that an answer is for. */
interface Asking {
  readonly request: HttpRequest;
  readonly read: InferRequest;
  readonly asked: Asked;
  readonly description: UnitDescription;
}

async function encodeAnswer(
  answer: Answer,
  { puid }: AnswerSettings,
  { request, read, asked, description }: Asking,
): Promise<Reply> {
  const { payload, tags } = answer;
  const tensors = await tensorsOf(payload, portsOf(description, 'outputs'));
  // The answer to a direct invocation is JSON.
  const mayBeBinary = request.message === undefined;
  const outputs: Output[] = [];
  for (const [tensor, output] of chooseOutputs(tensors, read.outputs)) {
    const classes = output?.classes;
    outputs.push({
      tensor: classes === undefined ? tensor : await toClasses(tensor, classes, answer),
      isBinary: mayBeBinary && (output?.isBinary ?? read.isBinary),
    });
  }
  return encodeInferAnswer({ ...asked, id: read.id ?? puid, tags }, outputs);
}

async function toClasses(tensor: AnswerTensor, count: number, { classNames }: Answer): Promise<AnswerTensor> {
  const { classify } = await import('./classification.ts');
  const names = await classNames();
  return classify(tensor, count, names instanceof NdArray ? names.toFlat() : names);
}

/** The branch that a router chose, as Seldon's orchestrator reads it. */
async function encodeBranch({ payload }: Answer): Promise<Reply> {
  return { body: `[${payload instanceof NdArray ? payload.toFlat().join() : ''}]` };
}

function described(describe: (() => Promise<UnitDescription>) | undefined): Promise<UnitDescription> {
  return describe?.() ?? Promise.resolve({ names: [], metadata: {} });
}
