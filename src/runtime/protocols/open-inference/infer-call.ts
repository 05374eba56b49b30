import { NdArray } from '../../arrays/ndarray.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { PayloadField } from '../../model/model.ts';
import { createOnce } from '../../once.ts';
import type { Answer, AnswerPayload, AnswerSettings, Reply, UnitDescription } from '../protocol.ts';
import { type AnswerTensor, DEFAULT_NAME, plainTensor } from '../tensors/answer-tensor.ts';
import type { Asked } from '../tensors/model-name.ts';
import type { Features } from '../tensors/payload-of.ts';
import { type Port, portsOf } from '../tensors/ports.ts';
import { encodeInferAnswer, type Output } from './infer-answer.ts';
import { type InferRequest, loadOdd, loadRequested } from './infer-request.ts';

// Most calls have one array of numbers, and answer one.
const payload = createOnce<typeof import('../tensors/payload-of.ts')>();
const loadPayloadOf = () => payload(() => import('../tensors/payload-of.ts'));

/** The arguments of a method, for the tensors of a request or of an answer that is aggregated. */
export async function toFeatures(
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

/** Writes the answer of a model: the outputs that are asked for, or all. */
export async function encodeAnswer(
  answer: Answer,
  { puid }: AnswerSettings,
  { request, read, asked, description }: Asking,
): Promise<Reply> {
  const { payload, tags } = answer;
  const found = answerTensors(payload, portsOf(description, 'outputs'));
  const tensors = found instanceof Promise ? await found : found;
  // The answer to a direct invocation is JSON.
  const mayBeBinary = request.message === undefined;
  const outputs: readonly Output[] =
    read.outputs.length === 0
      ? tensors.map((tensor) => ({ tensor, isBinary: mayBeBinary && read.isBinary }))
      : await (await loadRequested()).outputsFor(read, tensors, {
          mayBeBinary,
          classNames: answer.classNames,
        });
  return encodeInferAnswer({ ...asked, id: read.id ?? puid, tags }, outputs);
}

/** The tensors of a payload; a promise for others than one array of numbers. */
function answerTensors(
  payload: AnswerPayload,
  ports: readonly Port[],
): readonly AnswerTensor[] | Promise<readonly AnswerTensor[]> {
  const [port] = ports;
  const plain =
    payload instanceof NdArray ? plainTensor(port?.name ?? DEFAULT_NAME, payload, port) : undefined;
  return plain === undefined ? loadOdd().then(({ tensorsOf }) => tensorsOf(payload, ports)) : [plain];
}
