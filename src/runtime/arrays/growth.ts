import { badData } from '../errors.ts';

/**
 * The bytes that the arrays of a request may take together beyond those that were sent: as many as an answer
 * can carry in a `tensorContent`. A shape of a few digits can ask for billions.
 */
const MAX_GROWTH_BYTES = 4 * 1024 * 1024;

/**
 * Counts the bytes that the arrays of one request take beyond those that were sent.
 *
 * @internal
 */
export interface Growth {
  bytes: number;
}

/**
 * Counts `bytes` more, before the memory for them is taken.
 *
 * @param path - place of the array in the request, for the error.
 * @throws SeldonError MICROSERVICE_BAD_DATA when the arrays of the request take too many together.
 * @internal
 */
export function grow(growth: Growth, bytes: number, path: string): void {
  growth.bytes += bytes;
  if (growth.bytes > MAX_GROWTH_BYTES) {
    throw badData(`${path}: at most ${MAX_GROWTH_BYTES} bytes more than were sent, got ${growth.bytes}`);
  }
}
