import type { ALBEvent, ALBResult } from 'aws-lambda';
import type { HttpRequest } from '../../http/request.ts';
import { isRecord } from '../../objects.ts';
import { single } from './adapter.ts';
import { toBody, toGatewayResult } from './event-body.ts';
import { type Pair, pairsOf, toHeaders, toQuery } from './name-value-pairs.ts';
import { isProxyEvent } from './proxy-event.ts';
import { describeStatus } from './status-description.ts';

/**
 * Application Load Balancer target groups, with and without multi-value headers.
 *
 * @see "Use Lambda functions as targets of an Application Load Balancer", ELB user guide
 */
export const alb = single({
  source: 'alb',
  // "The maximum size of the response JSON that the Lambda function can send is 1 MB."
  maxResponseBytes: 1024 * 1024,

  matches: (event) => isProxyEvent(event) && isRecord(event.requestContext.elb),

  // `matches` has checked the members that are used directly; the functions below accept any value in the
  // others.
  toRequest: (event) => toHttpRequest(event as ALBEvent),

  toResult(response, event): ALBResult {
    const { headers, ...result } = toGatewayResult(response);
    const described = { ...result, statusDescription: describeStatus(response.status) };
    // A target group with multi-value headers reads only `multiValueHeaders` of the answer; one without reads
    // only `headers`.
    const isMultiValue = isRecord(event) && isRecord(event.multiValueHeaders);
    if (!isMultiValue) {
      return { ...described, headers };
    }
    const lists = Object.entries(response.headers).map(([name, value]) => [name, [value]]);
    return { ...described, multiValueHeaders: Object.fromEntries(lists) };
  },
});

function toHttpRequest(event: ALBEvent): HttpRequest {
  const query = pairsOf(event.multiValueQueryStringParameters, event.queryStringParameters);
  return {
    method: event.httpMethod.toUpperCase(),
    path: event.path,
    query: toQuery(query.map(decoded)),
    headers: toHeaders(pairsOf(event.multiValueHeaders, event.headers)),
    body: toBody(event.body, event.isBase64Encoded),
  };
}

// ALB sends the names and values of the query percent-encoded; API Gateway decodes them.
function decoded([name, value]: Pair): Pair {
  return [decodeText(name), decodeText(value)];
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
