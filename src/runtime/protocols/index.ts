import type { Protocol } from './protocol.ts';
import { createProtocols } from './protocols.ts';
import { seldonUnless } from './seldon/seldon.ts';

/** Wire protocols beside Seldon's; the order means nothing. */
const others: readonly Protocol[] = [
  // One line for each protocol.
];

/** Every wire protocol. */
export const protocols = createProtocols(others, seldonUnless);
