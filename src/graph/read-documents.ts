import { Composer, CST, type Document, Lexer, LineCounter, type ParsedNode, Parser } from 'yaml';
import { UserError } from '../bundle/user-error.ts';
import { refuseJsonTwins } from './json-twins.ts';

/** No SeldonDeployment of a cluster is larger: etcd takes 1.5 MB. */
const MAX_BYTES = 2 ** 21;

/** How deep lists and objects may lie in each other: 100 levels of units take 200 of these. */
const MAX_DEPTH = 300;

/** How often aliases may repeat what they stand for, altogether. */
const MAX_ALIASES = 100;

/**
 * Reads the documents of a YAML or JSON file; one that is empty is left out. It takes time and memory in
 * proportion to the text, whatever that is. An alias gives the very object that it stands for, which may
 * contain itself.
 *
 * @throws UserError when it is neither YAML nor JSON, too large, or too deep.
 */
export function readDocuments(text: string): unknown[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    throw new UserError(`has ${bytes} bytes; expected at most ${MAX_BYTES}`);
  }
  const json = /^\s*[[{]/.test(text) ? readJson(text) : undefined;
  if (json === undefined) {
    return readYaml(text);
  }
  refuseJsonTwins(text);
  return [json];
}

/** Undefined for what may still be YAML. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readYaml(text: string): unknown[] {
  const lines = new LineCounter();
  const tokens = parse(text, lines);
  for (const token of tokens) {
    refuseTwins(token, lines);
  }
  // Duplicates are found above: here, each key would be compared with all others.
  const options = { merge: true, uniqueKeys: false, prettyErrors: true, logLevel: 'silent' } as const;
  const composer = new Composer({ ...options, lineCounter: lines });
  return [...composer.compose(tokens, true, text.length)].flatMap((document) => {
    const value = toValue(document, text, lines);
    return value === null || value === undefined ? [] : [value];
  });
}

function toValue(document: Document.Parsed<ParsedNode>, text: string, lines: LineCounter): unknown {
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const hint = text.includes('{{') ? '; a chart of Helm has to be rendered first, by helm template' : '';
    throw new UserError(
      `line ${line}, column ${col}: ${error.message.split(' at line ')[0]?.split('\n')[0]}${hint}`,
    );
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      /Excessive/.test(message)
        ? `has aliases that repeat too much: ${message}`
        : `cannot be read: ${message}`,
    );
  }
}

/** Stops at the first place that is too deep: what comes later would follow it by recursion. */
function parse(text: string, lines: LineCounter): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
    }
    if (parser.stack.length > MAX_DEPTH) {
      const { line } = lines.linePos(parser.offset);
      throw new UserError(`line ${line}: more than ${MAX_DEPTH} lists and objects lie in each other`);
    }
  }
  return [...tokens, ...parser.end()];
}

/** Refuses keys that are there twice in one object. */
function refuseTwins(document: CST.Token, lines: LineCounter): void {
  const waiting = [document];
  for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
    if (token.type === 'document') {
      waiting.push(...(token.value ? [token.value] : []));
    } else if ('items' in token) {
      const isObject =
        token.type === 'flow-collection' ? token.start.source === '{' : token.type === 'block-map';
      const seen = new Set<string>();
      for (const { key, value } of token.items) {
        for (const below of [key, value]) {
          waiting.push(...(below ? [below] : []));
        }
        const source = isObject && key ? textOf(key) : '<<';
        if (source !== '<<' && seen.has(source)) {
          const { line, col } = lines.linePos(key?.offset ?? 0);
          throw new UserError(`line ${line}, column ${col}: ${source.slice(0, 80)} is there twice`);
        }
        seen.add(source);
      }
    }
  }
}

/** The text of a key, whatever its quotes; `<<`, which may be there often, for one that is not a text. */
function textOf(key: CST.Token): string {
  // Mistakes in it are found when the document is composed.
  return CST.resolveAsScalar(key, true, () => undefined)?.value ?? '<<';
}
