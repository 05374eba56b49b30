import { openInference } from './open-inference.ts';
import type { Protocol } from './protocol.ts';
import { seldon } from './seldon.ts';
import { tensorflow } from './tensorflow.ts';

/** The protocols that can be tested. */
export const PROTOCOLS: readonly Protocol[] = [seldon, openInference, tensorflow];
