import { type Document, isMap, isSeq, parseDocument } from 'yaml';

/**
 * Adds a model to the list `models` of a serverless.yml, and changes nothing else in the text. Undefined when
 * there is no such list.
 */
export function listModel(text: string, name: string): string | undefined {
  const document = parseDocument(text, { logLevel: 'silent' });
  const list = document.get('models', true);
  if (!isSeq(list) && !isMap(list)) {
    return undefined;
  }
  if (namesIn(document).includes(name)) {
    return text;
  }
  const entry = isMap(list) ? `${name}: {}` : name;
  const changed = list.flow
    ? intoFlow(text, list as Collection, entry)
    : intoBlock(text, list as Collection, entry);
  // A list in a form that nobody has thought of is left to the user.
  return namesIn(parseDocument(changed, { logLevel: 'silent' })).includes(name) ? changed : undefined;
}

/** The names of the models that a serverless.yml lists. */
export function listedModels(text: string): string[] {
  return namesIn(parseDocument(text, { logLevel: 'silent' }));
}

function namesIn(document: Document): string[] {
  const { models } = Object(document.toJS()) as { models?: unknown };
  const names = (entry: unknown) =>
    typeof entry === 'string' ? [entry] : Object.keys(Object(entry) as object);
  return Array.isArray(models) ? models.flatMap(names) : names(Object(models));
}

/** A list or a mapping; `range`: its first character, the end of its value, the end of its line. */
interface Collection {
  readonly range?: readonly [number, number, number] | null;
  readonly items: readonly unknown[];
}

/** `[A]` -> `[A, B]` */
function intoFlow(text: string, { range, items }: Collection, entry: string): string {
  const close = (range?.[1] ?? 0) - 1;
  const inside = text.slice(0, close).trimEnd().replace(/,$/, '');
  const space = text.slice(text.slice(0, close).trimEnd().length, close);
  return `${inside}${items.length > 0 ? ', ' : ''}${entry}${space}${text.slice(close)}`;
}

/** A line below the last one, as far to the right as the first. */
function intoBlock(text: string, { range }: Collection, entry: string): string {
  const [start, end] = range ?? [0, 0];
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const lastLine = text.slice(0, end).trimEnd().length;
  const lineEnd = text.indexOf('\n', lastLine);
  const at = lineEnd === -1 ? text.length : lineEnd;
  const dash = text[start] === '-' ? '- ' : '';
  return `${text.slice(0, at)}\n${indent}${dash}${entry}${text.slice(at)}`;
}
