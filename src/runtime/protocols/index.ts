import type { HttpRequest } from '../http/request.ts';
import type { Protocol } from './protocol.ts';
import { seldon } from './seldon/seldon.ts';

/** Every wire protocol; the order means nothing. */
export const protocols: readonly Protocol[] = [seldon];

/** The protocol that `request` speaks. */
export function protocolFor(request: HttpRequest): Protocol {
  return protocols.find((protocol) => protocol.matches(request)) ?? seldon;
}
