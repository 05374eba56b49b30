import { badData } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { ArrayPlaces } from '../../json/array-marks.ts';
import { readJson } from '../../json/read-json.ts';

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
  return parseBody(body, places);
}

/** Parses a body. @throws SeldonError MICROSERVICE_BAD_DATA that says where it is not JSON. */
export async function parseBody(body: string | Uint8Array, places: ArrayPlaces): Promise<unknown> {
  try {
    return await readJson(body, places);
  } catch (error) {
    const { explainJson } = await import('../../json/explain-json.ts');
    throw explainJson(body, error, 'the body is not JSON');
  }
}
