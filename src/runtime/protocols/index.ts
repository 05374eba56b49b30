import type { Protocol } from './protocol.ts';
import { createProtocols } from './protocols.ts';
import { seldonUnless } from './seldon/seldon.ts';

/** Wire protocols in addition to Seldon's. Their order does not matter. */
const others: readonly Protocol[] = [
  // One line for each protocol.
];

/** All wire protocols. */
export const protocols = createProtocols(others, seldonUnless);
