import { badData } from '../errors.ts';
import { parseExactly } from '../json/exact-numbers.ts';
import { stringify } from '../json/write-json.ts';
import { isRecord } from '../objects.ts';
import { objectsIn, type S3ObjectName } from './notification.ts';

/** What a record carries. */
export type Content =
  | { readonly kind: 'message'; readonly body: string }
  /** Files of messages; none: there is nothing to answer. */
  | { readonly kind: 'files'; readonly objects: readonly S3ObjectName[] };

/** The members of a SeldonMessage. */
const MEMBERS = new Set(['data', 'strData', 'binData', 'jsonData', 'meta', 'status']);

/** Words that the envelopes of AWS have, and hardly any message. */
const ENVELOPE = /"(TopicArn|detail-type|eventSource|Event)"\s*:/;

/** SNS, whose topic feeds a queue, may carry an event of another service. */
const MAX_ENVELOPES = 3;

/**
 * Opens what a record carries: a message, or the names of files. A message of SNS, an event of EventBridge
 * and a notification of S3 that come by a queue are taken out of their envelopes.
 *
 * @throws SeldonError MICROSERVICE_BAD_DATA when it is neither.
 */
export function openContent(text: string, isFeedback: boolean, envelopes = 0): Content {
  const envelope = envelopes < MAX_ENVELOPES && ENVELOPE.test(text) ? parse(text) : undefined;
  if (isRecord(envelope)) {
    const objects = objectsIn(envelope);
    if (objects !== undefined) {
      return { kind: 'files', objects };
    }
    const inner = innerOf(envelope);
    if (inner !== undefined) {
      return openContent(inner, isFeedback, envelopes + 1);
    }
  }
  return { kind: 'message', body: isFeedback ? text : toMessage(text) };
}

/** What is in an envelope of SNS or EventBridge; undefined: it is none. */
function innerOf(envelope: Record<string, unknown>): string | undefined {
  const { Type, TopicArn, Message, detail, source, id } = envelope;
  if (Type === 'Notification' && typeof TopicArn === 'string' && typeof Message === 'string') {
    return Message;
  }
  const isEvent =
    typeof envelope['detail-type'] === 'string' && typeof source === 'string' && id !== undefined;
  return isEvent && isRecord(detail) ? stringify(detail) : undefined;
}

/**
 * Makes a SeldonMessage of JSON text. A SeldonMessage stays as it is, to the letter. An array becomes
 * `data.ndarray`. An object of values without any member of a SeldonMessage is one row of named columns, as
 * lines of a data set and rows of a CSV file are.
 *
 * @param isCsv - whether the values are cells of a CSV file: of these, texts that JSON takes for a number are
 *   numbers.
 * @throws SeldonError MICROSERVICE_BAD_DATA when it is neither.
 */
export function toMessage(text: string, isCsv = false): string {
  const [first] = /[^\s\ufeff]/.exec(text) ?? [''];
  if (first === '[') {
    return `{"data":{"ndarray":${text.replace(/^\ufeff/, '')}}}`;
  }
  if (first !== '{') {
    throw badData('the record is not a message; expected a SeldonMessage as JSON, or an array');
  }
  return isCsv || !MEMBER.test(text) ? (toRow(parse(text), isCsv) ?? text) : text;
}

/**
 * Finds a member of a SeldonMessage, and more: then the text is parsed anyway, by whoever reads the message.
 */
const MEMBER = /"(data|strData|binData|jsonData|meta|status)"\s*:/;

/** The message of a row of named columns; undefined: it is none. */
function toRow(value: unknown, isCsv: boolean): string | undefined {
  if (!isRecord(value)) {
    return undefined;
  }
  const names = Object.keys(value);
  const cells = Object.values(value);
  const isRow =
    names.length > 0 &&
    !names.some((name) => MEMBERS.has(name)) &&
    cells.every((cell) => typeof cell !== 'object' || cell === null);
  const row = cells.map((cell) => (isCsv && typeof cell === 'string' ? toCell(cell) : stringify(cell)));
  return isRow ? `{"data":{"names":${JSON.stringify(names)},"ndarray":[[${row.join(',')}]]}}` : undefined;
}

/** JSON's numbers. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The JSON text of a cell of a CSV file, which has no types: a number as it is written, or a text. */
export function toCell(cell: string): string {
  const trimmed = cell.trim();
  return NUMBER.test(trimmed) ? trimmed : JSON.stringify(cell);
}

/** The value of JSON text, with all digits of its integers; undefined when it is not JSON. */
function parse(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}
