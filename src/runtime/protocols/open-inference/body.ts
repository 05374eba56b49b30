import { badData } from '../../errors.ts';
import type { HttpRequest } from '../../http/request.ts';
import type { ArrayPlaces } from '../../json/array-marks.ts';
import { isRecord } from '../../objects.ts';
import { createOnce } from '../../once.ts';
import { parseBody } from '../tensors/request-json.ts';
import type { BinaryReader } from './binary-body.ts';
import { JSON_LENGTH } from './json-length.ts';

const binary = createOnce<typeof import('./binary-body.ts')>();
/** Loads the binary extension, which not every client uses. */
export const loadBinary = () => binary(() => import('./binary-body.ts'));

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

/** A body that has been read. */
export interface ReadBody {
  readonly json: unknown;
  /** Takes the bytes of the tensors; undefined in a body without. */
  readonly binary: BinaryReader | undefined;
}

/**
 * Reads the body of a request, whatever its content type: clients name many, or none.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when there is no JSON.
 */
export async function readRequestBody(request: HttpRequest, places: ArrayPlaces): Promise<ReadBody> {
  const { message, headers, body = '' } = request;
  if (message !== undefined) {
    return { json: message, binary: undefined };
  }
  if (body.length === 0) {
    throw badData('the body is empty; expected JSON');
  }
  if (headers[JSON_LENGTH] === undefined) {
    return { json: await parseBody(body, places), binary: undefined };
  }
  const { divideBody, openBinary } = await loadBinary();
  const { json, tail } = divideBody(request);
  return { json: await parseBody(json, places), binary: openBinary(tail) };
}
