import { isRecord } from '../../runtime/objects.ts';
import { readLine } from '../read-line.ts';
import { BadRow } from '../row.ts';
import type { Kind } from './kind.ts';

/** Lines that are whole feedbacks. They are sent as they are: a feedback has no meta of its own. */
export const feedbackKind: Kind = {
  isWhole: true,
  read(line) {
    if (!isRecord(readLine(line))) {
      throw new BadRow('expected a feedback, as {"request":{...},"reward":1}');
    }
    return { rows: 1, key: undefined, payload: line };
  },
  toPayload: ([piece]) => piece?.payload ?? '',
};
