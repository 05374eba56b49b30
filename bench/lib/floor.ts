import type { PredictEvent } from '../../test/support/predict-event.ts';

/** The least that a handler costs: the body read and written as JSON, and not looked at. */
export async function handler(event: PredictEvent) {
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(JSON.parse(event.body)),
  };
}
