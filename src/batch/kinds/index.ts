import type { ArrayForm } from '../../client/array-form.ts';
import { dataKind } from './data.ts';
import { feedbackKind } from './feedback.ts';
import { jsonKind } from './json.ts';
import type { Kind } from './kind.ts';
import { rawKind } from './raw.ts';
import { strKind } from './str.ts';

/** The names of what a line of the input can be. */
export const DATA_TYPES = ['data', 'json', 'str', 'raw'] as const;

/** One of {@link DATA_TYPES}. */
export type DataType = (typeof DATA_TYPES)[number];

/** The methods that can be called with each line. */
export const METHODS = ['predict', 'feedback'] as const;

/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/** The options that say what the lines of an input are. */
export interface LineOptions {
  readonly method: Method;
  readonly dataType: DataType;
  /** The form in which `data` is sent. */
  readonly payloadType: ArrayForm;
  /** Names of the columns of `data`. */
  readonly names?: readonly string[] | undefined;
}

/** The kind of an input's lines. */
export function kindOf({ method, dataType, payloadType, names }: LineOptions): Kind {
  if (method === 'feedback') {
    return feedbackKind;
  }
  const kinds = { data: dataKind(payloadType, names), json: jsonKind, str: strKind, raw: rawKind };
  return kinds[dataType];
}
