import type { Payload } from 'seldon-lambda';
import { onlyArray } from './infer-request.ts';

/** The images of a request: bytes, or texts of base64 where the request does not say what they are. */
export function imagesOf(X: Payload): Uint8Array[] {
  return onlyArray(X)
    .toFlat()
    .map((image) => (image instanceof Uint8Array ? image : Buffer.from(image as string, 'base64')));
}
