import { openInference } from './open-inference/open-inference.ts';
import type { Protocol } from './protocol.ts';
import { createProtocols } from './protocols.ts';
import { seldonUnless } from './seldon/seldon.ts';
import { tensorflow } from './tensorflow/tensorflow.ts';

/** Wire protocols in addition to Seldon's. Their order does not matter. */
const others: readonly Protocol[] = [openInference, tensorflow];

/** All wire protocols. */
export const protocols = createProtocols(others, seldonUnless);
