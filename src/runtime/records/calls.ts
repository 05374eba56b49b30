import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { fromBase64 } from '../base64.ts';
import type { BatchConfig } from '../batch-config.ts';
import { isRecord } from '../objects.ts';
import { parseJson } from '../parse-json.ts';

/** An answered call. */
export interface Called {
  readonly status: number;
  readonly body: string | Uint8Array;
}

/** Calls one function for records. */
export interface Calls {
  readonly isFeedback: boolean;
  /**
   * Sends JSON text as a request.
   *
   * @param id - the id of the record: puid, and Idempotency-Key, under which a change of a state is done
   *   once.
   */
  call(id: string, body: string, context: Context): Promise<Called>;
}

/**
 * Opens calls of a function, by its own door: with an event of API Gateway, format 2.0. Its answer is text,
 * so that no digit of it is lost.
 */
export function openCalls(
  handler: (event: unknown, context: Context) => Promise<unknown>,
  method: BatchConfig['BATCH_METHOD'],
): Calls {
  const event = { version: '2.0', rawPath: `/${method}`, requestContext: { http: { method: 'POST' } } };
  return {
    isFeedback: method === 'send-feedback',
    async call(id, body, context) {
      const headers = { 'content-type': 'application/json', 'seldon-puid': id, 'idempotency-key': id };
      const result = await handler({ ...event, headers, body }, context);
      // The result of an event of this format.
      const answer = result as APIGatewayProxyStructuredResultV2;
      const text = answer.body ?? '';
      return {
        status: answer.statusCode ?? 200,
        body: answer.isBase64Encoded ? (fromBase64(text) ?? text) : text,
      };
    },
  };
}

/** Reason and info of an error that a call has answered. */
export function failureOf({ status, body }: Called): { readonly reason: string; readonly info: string } {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const json = parseJson(text);
  const { reason, info } = isRecord(json) && isRecord(json.status) ? json.status : {};
  return {
    reason: typeof reason === 'string' && reason !== '' ? reason : `HTTP_${status}`,
    info: typeof info === 'string' ? info : (JSON.stringify(info) ?? text),
  };
}
