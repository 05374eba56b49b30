import { readLine } from '../read-line.ts';
import type { Kind } from './kind.ts';

/** Lines that are any JSON, sent as `jsonData`. */
export const jsonKind: Kind = {
  read(line) {
    readLine(line);
    return { rows: 1, key: undefined, payload: line };
  },
  toPayload: ([piece]) => `"jsonData":${piece?.payload}`,
};
