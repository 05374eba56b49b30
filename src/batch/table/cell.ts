import type { ColumnType } from './columns.ts';

/** A number as JSON writes it. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** A number as tables have it: `+1`, `.5`, `1.`, `007`. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = /^(?:nan|[+-]?inf(?:inity)?)$/i;
const BOOLEAN = /^(?:true|false)$/i;

/** Whether a cell can be of a type; an empty one can be of any. */
export function isOfType(cell: string, type: ColumnType): boolean {
  const text = cell.trim();
  if (text === '' || type === 'text') {
    return true;
  }
  return type === 'boolean' ? BOOLEAN.test(text) : NUMBER.test(text) || NOT_FINITE.test(text);
}

/**
 * A cell in JSON: an empty one that is no text is null, and NaN and infinities are the words that Python's
 * JSON has for them.
 *
 * @returns undefined when it is not of the type.
 */
export function toJsonCell(cell: string, type: ColumnType): string | undefined {
  if (type === 'text') {
    return JSON.stringify(cell);
  }
  if (JSON_NUMBER.test(cell) && type === 'number') {
    return cell;
  }
  const text = cell.trim();
  if (text === '') {
    return 'null';
  }
  if (type === 'boolean') {
    return BOOLEAN.test(text) ? text.toLowerCase() : undefined;
  }
  if (NOT_FINITE.test(text)) {
    return /nan/i.test(text) ? 'NaN' : text.startsWith('-') ? '-Infinity' : 'Infinity';
  }
  return NUMBER.test(text) ? toJsonNumber(text) : undefined;
}

/** With all of its digits. */
function toJsonNumber(text: string): string {
  const [, sign = '', whole = '', decimals = '', exponent = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?([eE].*)?$/.exec(text) ?? [];
  const digits = whole.replace(/^0+/, '') || '0';
  return `${sign === '-' ? sign : ''}${digits}${decimals && `.${decimals}`}${exponent}`;
}
