import { NdArray } from '../../arrays/ndarray.ts';
import type { AnswerPayload, Reply } from '../protocol.ts';

/** The branch that a router chose, as Seldon's orchestrator reads it. */
export function encodeBranch(payload: AnswerPayload): Reply {
  return { body: `[${payload instanceof NdArray ? payload.toFlat().join() : ''}]` };
}
