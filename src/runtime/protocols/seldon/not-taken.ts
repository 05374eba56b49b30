import { badData } from '../../errors.ts';
import type { SeldonMessage } from '../../model/message.ts';
import type { PayloadField } from '../../model/model.ts';
import { kindOf, show } from '../../show.ts';

const WORDS: Readonly<Record<PayloadField, string>> = {
  data: 'data (an array)',
  strData: 'strData (a text)',
  binData: 'binData (bytes)',
  jsonData: 'jsonData (any JSON value)',
};

/**
 * The error for a message whose payload the model does not take. `place`: of the message, as
 * `seldonMessages[1]`.
 */
export function notTaken(message: SeldonMessage, place: string, accepts: readonly PayloadField[]): Error {
  const fields = Object.keys(WORDS) as PayloadField[];
  const expected = fields.filter((field) => accepts.includes(field)).map((field) => WORDS[field]);
  const path = place === '' ? '' : `${place}.`;
  const { strData } = message;
  const isOddText = message.data == null && message.jsonData === undefined && strData != null;
  const found =
    isOddText && accepts.includes('strData')
      ? `, got ${typeof strData === 'object' ? kindOf(strData) : show(strData)} in ${path}strData`
      : undefined;
  const all = expected.join(' or ');
  return badData(
    found === undefined
      ? `the model does not take ${path}${fieldOf(message)}; expected ${all}`
      : `expected ${all}${found}`,
  );
}

function fieldOf({ data, jsonData, strData }: SeldonMessage): PayloadField {
  if (data != null) {
    return 'data';
  }
  if (jsonData !== undefined) {
    return 'jsonData';
  }
  return strData == null ? 'binData' : 'strData';
}
