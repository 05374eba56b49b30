import type { Context } from 'aws-lambda';
import { type BatchConfig, readBatchConfig } from '../batch-config.ts';
import { type Instance, thisInstance } from '../instance/instance.ts';
import type { Handler } from '../lambda/handler.ts';
import { answerEvent, type EventParts } from './answer-event.ts';
import { openCalls } from './calls.ts';
import { isMapEvent } from './map/map-event.ts';
import { openOutputs } from './open-outputs.ts';
import { sourceFor } from './sources/index.ts';

/** Imports the handler of a function. */
type Import = () => Promise<{ readonly handler: Handler }>;

/**
 * Makes the handler of the function for events of many records, from queues, streams, topics and files: each
 * record is a request to the function of BATCH_METHOD, so that it is answered, counted and logged as any
 * other.
 *
 * A schedule keeps that function's model loaded. Any other event is for `rest`.
 *
 * @param imports - the handlers by the names of their endpoints; that of BATCH_METHOD is imported at once.
 */
export async function createBatchHandler(
  imports: Readonly<Record<BatchConfig['BATCH_METHOD'], Import>>,
  rest: Import,
  instance: Instance = thisInstance(),
): Promise<Handler> {
  const { config: own, mistake } = readBatchConfig();
  const { handler } = await imports[own.BATCH_METHOD]();
  const calls = openCalls(handler, own.BATCH_METHOD);
  const parts: EventParts = { calls, instance, mistake, outputs: openOutputs(own, instance) };
  return async (event: unknown, context: Context) => {
    const source = sourceFor(event);
    if (source !== undefined) {
      return answerEvent(parts, source, event, context);
    }
    if (isMapEvent(event)) {
      const { answerItems } = await import('./map/answer-items.ts');
      return answerItems(parts, event, context);
    }
    return (isWarmUp(event) ? handler : (await rest()).handler)(event, context);
  };
}

/** Whether it is a schedule that keeps an instance warm, as the function of the method will see. */
function isWarmUp(event: unknown): boolean {
  const { 'detail-type': type } = Object(event) as { readonly 'detail-type'?: unknown };
  return type === 'Scheduled Event';
}
