import { NdArray } from '../../../arrays/ndarray.ts';
import { isRecord } from '../../../objects.ts';
import { readFeedback } from '../plain-feedback.ts';
import { readPayload } from '../read-request.ts';

/**
 * The value where the route stands in the JSON of a router's answer, as the executor reads it: a list, or a
 * message as strict as one of protobuf, of which the first number counts, whatever the shape.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA for what is neither.
 */
export async function routeIn(json: unknown): Promise<unknown> {
  if (Array.isArray(json)) {
    return json[0];
  }
  // A response is a message, and nothing else of a feedback has to be there.
  const { data } = (await readFeedback({ response: json })).response;
  const { ndarray, tensor, tftensor } = data ?? {};
  const values = ndarray ?? valuesOf(tensor, 'values') ?? valuesOf(tftensor, 'intVal');
  if (values == null && tftensor != null) {
    const array = await readPayload({ data: { tftensor } }, { bytes: 0 });
    return array instanceof NdArray ? array.toFlat()[0] : undefined;
  }
  let first: unknown = values;
  while (Array.isArray(first)) {
    first = first[0];
  }
  return first;
}

function valuesOf(tensor: unknown, field: string): unknown {
  return isRecord(tensor) ? tensor[field] : undefined;
}
