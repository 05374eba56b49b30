import { isUtf8 } from 'node:buffer';
import { NdArray } from '../../arrays/ndarray.ts';
import { isRecord } from '../../objects.ts';
import type { Reply } from '../protocol.ts';
import type { AnswerTensor } from '../tensors/answer-tensor.ts';
import { parseBody } from '../tensors/request-json.ts';
import type { Tensor } from '../tensors/tensor.ts';
import { divideBody, openBinary } from './binary-body.ts';
import { INPUT_DATA } from './body.ts';
import { encodeInferAnswer } from './infer-answer.ts';
import { readInferRequest } from './infer-request.ts';

/**
 * Writes an answer with tensors behind its JSON as JSON alone: in a list of answers there is no place for
 * bytes.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for an answer that cannot be read.
 */
export async function toJson({ body, headers = {} }: Reply): Promise<Reply> {
  const { json, tail } = divideBody({ method: '', path: '', query: {}, headers, body });
  const parsed = await parseBody(json, INPUT_DATA);
  const { tensors, id, parameters } = await readInferRequest(parsed, {
    member: 'outputs',
    path: '',
    growth: { bytes: 0 },
    binary: openBinary(tail),
  });
  const { model_name: model, model_version: version } = isRecord(parsed) ? parsed : {};
  const head = {
    model: String(model ?? ''),
    version: version == null ? undefined : String(version),
    id,
    tags: [parameters],
  };
  const outputs = tensors.map((tensor) => ({ tensor: toAnswer(tensor), isBinary: false }));
  return encodeInferAnswer(head, outputs);
}

function toAnswer({ name, datatype, shape, content, contentType: said }: Tensor): AnswerTensor {
  const head = { name, datatype, shape };
  if (content instanceof NdArray) {
    return { ...head, data: content.data };
  }
  const elements = Array.from(content as Iterable<string | Uint8Array>);
  const areTexts = elements.every((each) => typeof each === 'string' || isUtf8(each));
  const contentType = areTexts ? said : 'base64';
  const data =
    contentType === 'base64'
      ? elements
      : elements.map((each) => (typeof each === 'string' ? each : Buffer.from(each).toString()));
  return { ...head, data, ...(contentType !== undefined && { contentType }) };
}
