import { type ArrayForm, toDefaultData } from '../../client/array-form.ts';
import { parseJson } from '../../client/parse-json.ts';
import { fromNested } from '../../runtime/arrays/from-nested.ts';
import { stringify } from '../../runtime/json/write-json.ts';
import { readLine } from '../read-line.ts';
import { readArrayPiece } from './array-piece.ts';
import type { Kind } from './kind.ts';

/** Lines that are nested lists, sent as `data` in one of its forms. */
export function dataKind(form: ArrayForm, names?: readonly string[]): Kind {
  const named = names === undefined ? '' : `"names":${JSON.stringify(names)},`;
  return {
    read(line) {
      if (form !== 'ndarray') {
        readLine(line);
      }
      return readArrayPiece(line);
    },
    toPayload(pieces) {
      const rows = pieces.map(({ payload }) => payload).join(',');
      const array = form === 'ndarray' ? `"ndarray":[${rows}]` : toMember(`[${rows}]`, form);
      return `"data":{${named}${array}}`;
    },
  };
}

/**
 * An array in a form that is not its text. Where it cannot have that form, the host is asked with the text.
 */
function toMember(text: string, form: ArrayForm): string {
  const data = toDefaultData(fromNested(parseJson(text), 'objects'), form);
  return stringify(data).slice(1, -1);
}
