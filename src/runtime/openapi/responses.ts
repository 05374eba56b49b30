import type { SeldonMessage } from '../model/message.ts';
import type { Metadata } from '../model/metadata.ts';
import { ref } from './schemas.ts';

const JSON_TYPE = 'application/json';
const PUID = { 'Seldon-Puid': { $ref: '#/components/headers/Seldon-Puid' } };

/** Headers of responses. */
export const HEADERS = {
  'Seldon-Puid': {
    description: "The request's id: the caller's own, or else one that the function made.",
    schema: { type: 'string' },
  },
  Allow: { description: 'The methods that the path has.', schema: { type: 'string' } },
};

/** The components that describe responses; examples have the columns that the model's outputs have. */
export function responseComponents(answer: SeldonMessage, metadata: Metadata | undefined) {
  return {
    Answer: message('What the model answers.', answer),
    Branch: message(
      'The chosen child as an array of one number: 0 and above that child, -1 all of them, -2 none.',
      { data: { names: ['t:0'], ndarray: [[1]] }, meta: {} },
    ),
    Health: message('The model can serve.', { strData: 'healthy', meta: {} }),
    Pong: response('The function runs.', 'text/plain', { type: 'string', const: 'pong' }),
    Metadata: response('The metadata.', JSON_TYPE, ref('Metadata'), metadata),
    Metrics: response('The metrics.', 'text/plain', { type: 'string' }),
    Document: response('An OpenAPI document.', JSON_TYPE, { type: 'object' }),
    Page: response('A page for people.', 'text/html', { type: 'string' }),
    BadRequest: failure('The request cannot be read, or the model refuses it.', 'MICROSERVICE_BAD_DATA'),
    NotFound: failure(
      "There is no such path: the URL of a single function has that function's paths only.",
      'MICROSERVICE_NOT_FOUND',
    ),
    MethodNotAllowed: {
      ...failure('The path has no such method.', 'MICROSERVICE_METHOD_NOT_ALLOWED'),
      headers: { ...PUID, Allow: { $ref: '#/components/headers/Allow' } },
    },
    PayloadTooLarge: failure(
      'The answer is too large to be returned. A request that is too large is refused before it gets here, ' +
        'with a body that is not ours.',
      'MICROSERVICE_PAYLOAD_TOO_LARGE',
    ),
    UnsupportedEncoding: failure(
      'The content-encoding is not known; gzip, deflate and br are.',
      'MICROSERVICE_BAD_DATA',
    ),
    InternalError: failure('The model failed, or the configuration is wrong.', 'MICROSERVICE_INTERNAL_ERROR'),
    Unavailable: failure(
      'The model cannot serve, or the store cannot be read.',
      'MICROSERVICE_INTERNAL_ERROR',
    ),
    ModelError: response(
      "A status of the model's own: that of its error, or the `status.code` that `predictRaw` returns.",
      JSON_TYPE,
      {},
    ),
  };
}

/** A response that is a message. */
export function message(description: string, example: SeldonMessage) {
  return response(description, JSON_TYPE, ref('SeldonMessage'), example);
}

/** A response of an error with this reason. */
export function failure(description: string, reason: string) {
  const example = { status: { status: 1, info: 'what is wrong', code: -1, reason } };
  return response(description, JSON_TYPE, ref('Failure'), example);
}

/** A response with one kind of content. */
export function response(description: string, contentType: string, schema: object, example?: unknown) {
  return {
    description,
    headers: PUID,
    content: { [contentType]: { schema, ...(example !== undefined && { example }) } },
  };
}
