import { isMap, isSeq, parseDocument, stringify } from 'yaml';
import { parseSettings } from '../bundle/settings.ts';
import { isPlainObject } from '../runtime/objects.ts';

/**
 * Adds an entry to a list of a YAML file, and changes nothing else in the text. Undefined when there is no
 * such list, or one in a form that a line cannot be added to.
 *
 * @param key - of the list, at the top. A mapping is a list of its keys.
 */
export function addToList(text: string, key: string, entry: string): string | undefined {
  const { contents } = parseDocument(text, { logLevel: 'silent' });
  const list = isMap(contents) ? contents.get(key, true) : undefined;
  if (!isSeq(list) && !isMap(list)) {
    return undefined;
  }
  if (namesIn(text, key).includes(entry)) {
    return text;
  }
  const [start = 0, end = 0] = list.range ?? [];
  const added = isMap(list) ? `${yamlText(entry)}: {}` : yamlText(entry);
  const changed = list.flow
    ? intoFlow(text, end, `${list.items.length > 0 ? ', ' : ''}${added}`)
    : intoBlock(text, { start, end }, added);
  return namesIn(changed, key).includes(entry) ? changed : undefined;
}

/**
 * The same for a list that may be missing, and then is written at the end of the text.
 *
 * @returns undefined when there is something else of its name.
 */
export function addToListOrEnd(text: string, key: string, entry: string): string | undefined {
  if (key in parseSettings(text)) {
    return addToList(text, key, entry);
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text.trim() === '' ? '' : `${text.trimEnd()}${newline}${newline}`;
  const changed = `${before}${key}:${newline}  - ${yamlText(entry)}${newline}`;
  return namesIn(changed, key).includes(entry) ? changed : undefined;
}

/** The names of the models that a serverless.yml lists; empty for a list that is wrong, or not known here. */
export function listedModels(text: string): string[] {
  return namesIn(text, 'models');
}

/** The entries of a list, and the keys of those that are mappings. Empty when there is no list. */
export function namesIn(text: string, key: string): string[] {
  const list = parseSettings(text)[key];
  const names = (entry: unknown) => (isPlainObject(entry) ? Object.keys(entry) : [entry]);
  const all: unknown[] = Array.isArray(list) ? list.flatMap(names) : isPlainObject(list) ? names(list) : [];
  return all.filter((name) => typeof name === 'string');
}

/** A text as YAML has it: in quotes where it would be something else, such as null. */
export function yamlText(text: string): string {
  const isPlain = /^[A-Za-z@][\w./@-]*$/.test(text) && stringify(text).trim() === text;
  return isPlain ? text : JSON.stringify(text);
}

/** `[A]` -> `[A, B]` */
function intoFlow(text: string, end: number, added: string): string {
  const before = text.slice(0, end - 1).trimEnd();
  return `${before.replace(/,$/, '')}${added}${text.slice(before.length)}`;
}

/** A line below the last one, as far to the right as the first. */
function intoBlock(text: string, { start, end }: { start: number; end: number }, added: string): string {
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const lastLine = text.slice(0, end).trimEnd().length;
  const lineEnd = text.indexOf('\n', lastLine);
  const at = lineEnd === -1 ? text.length : lineEnd;
  const newline = text[at - 1] === '\r' ? '\r\n' : '\n';
  const dash = text[start] === '-' ? '- ' : '';
  return `${text.slice(0, at).trimEnd()}${newline}${indent}${dash}${added}${newline.slice(0, -1)}${text.slice(at)}`;
}
