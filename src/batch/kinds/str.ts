import { parseJson } from '../../client/parse-json.ts';
import type { Kind } from './kind.ts';

/**
 * Lines that are texts, sent as `strData`: the text of a JSON string if they begin with a quote and are one,
 * or else the line as it is.
 */
export const strKind: Kind = {
  read(line) {
    const value = line.startsWith('"') ? parseJson(line) : undefined;
    return { rows: 1, key: undefined, payload: JSON.stringify(typeof value === 'string' ? value : line) };
  },
  toPayload: ([piece]) => `"strData":${piece?.payload}`,
};
