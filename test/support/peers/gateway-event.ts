import { apiGatewayV1, apiGatewayV2, type EventSource, type TestRequest } from '../events.ts';

/** The content types whose bodies an HTTP API hands over as text, whatever bytes they are. */
const TEXT = /^(text\/.*|application\/(json|xml|javascript))$/;

/**
 * The event of an HTTP API, payload 2.0, of a request with bytes. The body is text for a few content types;
 * of any other, and without one, it is base64.
 */
export const httpApiEvent: EventSource = (request) => {
  const { body, headers = {} } = request;
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isText = TEXT.test(type) && headers['content-encoding'] === undefined;
  return apiGatewayV2({
    ...withLength(request),
    ...(body !== undefined && isText && { body: Buffer.from(body).toString() }),
  });
};

/** The event of a REST API whose binary media types are all types: every body is base64. */
export const restApiEvent: EventSource = (request) => apiGatewayV1(withLength(request));

function withLength(request: TestRequest): TestRequest {
  const { body, headers } = request;
  return body === undefined
    ? request
    : { ...request, headers: { ...headers, 'content-length': `${Buffer.from(body).length}` } };
}
