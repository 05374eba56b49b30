import { CallFailure } from '../../call-failure.ts';
import type { HttpAnswer } from '../../clients/connections.ts';
import { graphError } from '../../graph-error.ts';
import { isRecord } from '../../objects.ts';
import { parseJson } from '../../parse-json.ts';
import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';
import { openFunctionClient, toEvent } from '../remote/function-client.ts';
import { remoteUnit } from '../remote/remote-unit.ts';
import type { RemoteAnswer, Transport } from '../remote/transport.ts';

/** EventBridge's event of a schedule: the functions of this package load their model at it. */
const WARM_UP = JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} });
/** The function that is asked whether the unit is there. */
const PATH = '/predict';

/**
 * Opens a unit that is a Lambda function, or several. They get the event of an HTTP API, so that status,
 * headers and the body of an error come back as they are.
 */
export function openFunction(name: string, plan: UnitPlan, host: BindingHost): BoundUnit {
  const client = openFunctionClient(`invocation of unit ${name}`, plan.target, host.instance);
  if (client.isItself) {
    throw graphError('GRAPH_BAD', `unit ${name} is bound to the function of the graph itself`);
  }
  const transport: Transport = {
    async send(request) {
      const { endpoint, timeoutMs, isRepeatable, headers } = request;
      const path = `/${endpoint}`;
      const event = await toEvent(request, 'RequestResponse');
      const trace = headers['x-amzn-trace-id'];
      return readResult(
        await client.invoke({ path, type: 'RequestResponse', event, timeoutMs, isRepeatable, trace }),
      );
    },
    async check(timeoutMs) {
      await client.invoke({ path: PATH, type: 'DryRun', event: '', timeoutMs, isRepeatable: true });
    },
    async warm() {
      await client.invoke({
        path: PATH,
        type: 'Event',
        event: WARM_UP,
        timeoutMs: 2_000,
        isRepeatable: true,
      });
    },
  };
  return remoteUnit('lambda', { name, plan, host }, transport);
}

/** Reads the result of a function as API Gateway does. */
function readResult({ headers, body }: HttpAnswer): RemoteAnswer {
  const text = body.toString();
  const result = parseJson(text);
  if (headers['x-amz-function-error'] !== undefined) {
    const type = textOf(result, 'errorType').slice(0, 100) || 'unknown';
    if (type === 'Sandbox.Timedout' || /Task timed out/.test(textOf(result, 'errorMessage'))) {
      throw new CallFailure('the function timed out', 'no answer');
    }
    throw graphError('GRAPH_NODE_FAILED', `the function of the unit failed: ${type}`);
  }
  if (result === undefined) {
    throw graphError('GRAPH_BAD_ANSWER', 'the result of the function of the unit is not JSON');
  }
  if (!isRecord(result) || result.statusCode === undefined) {
    return { status: 200, headers: {}, body: text };
  }
  const { headers: own, isBase64Encoded } = result;
  const statusCode = Number(toText(result.statusCode) || Number.NaN);
  const answered = result.body ?? '';
  if (!Number.isInteger(statusCode) || typeof answered !== 'string') {
    throw graphError('GRAPH_BAD_ANSWER', 'the result of the function of the unit is not an HTTP response');
  }
  return {
    status: statusCode,
    headers: isRecord(own) ? lowered(own) : {},
    body: isBase64Encoded === true ? Buffer.from(answered, 'base64') : answered,
  };
}

/** A member that should be a text; empty for anything else. */
function textOf(result: unknown, name: string): string {
  const text = isRecord(result) ? result[name] : undefined;
  return typeof text === 'string' ? text : '';
}

/** Headers with lower-case names. What is no text, number or boolean, as null, is left out. */
function lowered(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const text = toText(value);
      return text === undefined ? [] : [[name.toLowerCase(), text]];
    }),
  );
}

/** The text of a text, a number or a boolean; `String()` of an object may throw. */
function toText(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}
