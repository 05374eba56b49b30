import { badData } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { ArrayPlaces } from '../../json/array-marks.ts';
import { readJson } from '../../json/read-json.ts';
import { isRecord } from '../../objects.ts';

/** Where a request has long lists of numbers. */
export const INPUT_DATA: ArrayPlaces = {
  paths: [['data']],
  messagesOf: (json) => tensorsIn(json, 'inputs'),
};

/** Where the answers that are aggregated have them. */
export const OUTPUT_DATA: ArrayPlaces = {
  paths: [['data']],
  messagesOf: (json) => (Array.isArray(json) ? json.flatMap((each) => tensorsIn(each, 'outputs')) : []),
};

function tensorsIn(json: unknown, member: string): readonly unknown[] {
  const tensors = isRecord(json) ? json[member] : undefined;
  return Array.isArray(tensors) ? tensors : [];
}

/**
 * Reads the JSON of a request, whatever its content type: clients name many, or none.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when there is no JSON.
 */
export async function readRequestJson(
  { message, body = '' }: HttpRequest,
  places: ArrayPlaces,
): Promise<unknown> {
  if (message !== undefined) {
    return message;
  }
  if (body.length === 0) {
    throw badData('the body is empty; expected JSON');
  }
  try {
    return await readJson(body, places);
  } catch (error) {
    const { explainJson } = await import('../../json/explain-json.ts');
    throw explainJson(body, error, 'the body is not JSON');
  }
}
