import { existsSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Words of code that asks for its own file or folder. */
export const LOCATION = /\b__(?:dir|file)name\b|\bimport\.meta\.(?:url|dirname|filename|resolve)\b/;

const NAME = '__seldonLambdaSource';

/** esbuild's `define` that lets code ask {@link locationLine} instead. */
export const LOCATION_DEFINE = {
  'import.meta.url': `${NAME}.url`,
  'import.meta.filename': `${NAME}.filename`,
  'import.meta.dirname': `${NAME}.dirname`,
  'import.meta.resolve': `${NAME}.resolve`,
  __filename: `${NAME}.filename`,
  __dirname: `${NAME}.dirname`,
};

/** True for code, made with {@link LOCATION_DEFINE}, that asks for its location. */
export function asksLocation(code: string): boolean {
  return code.includes(NAME);
}

/** The module that knows where the bundle lies; see {@link ROOT_MODULE}. */
export const ROOT_SPECIFIER = 'seldon-lambda:root';

/** Every file of a bundle lies in one of three folders below its root. */
export const ROOT_MODULE = `
const {fileURLToPath} = process.getBuiltinModule('node:url');
const here = import.meta.url.split(/[?#]/)[0];
const root = here.replace(/\\/(chunks|handlers|models)\\/(?!.*\\/(chunks|handlers|models)\\/).*/, '/');
export const inBundle = (path) => new URL(path, root);
export const sourceAt = (place) => {
  const {href: url} = inBundle(place);
  const resolve = (name) => name.startsWith('.') ? new URL(name, url).href : import.meta.resolve(name);
  return {url, resolve, filename: fileURLToPath(url), dirname: fileURLToPath(new URL('.', url)).slice(0, -1)};
};`;

/**
 * Code that knows its location.
 *
 * @param code - made with {@link LOCATION_DEFINE}.
 * @param url - its own, which may be relative to the bundle.
 */
export function withLocation(code: string, url: string, isModule: boolean): string {
  const from = JSON.stringify(ROOT_SPECIFIER);
  const imports = isModule
    ? `import { inBundle as ${NAME}File, sourceAt as ${NAME}At } from ${from};`
    : `const { inBundle: ${NAME}File, sourceAt: ${NAME}At } = require(${from});`;
  // One line, after a directive such as "use strict": the source map counts lines.
  const line = `${imports} const ${NAME} = ${NAME}At(${JSON.stringify(url)});`;
  return code.replace(/^(?:#!.*\n)?(?:"use \w+";)?/, (first) => `${first} ${line} `);
}

/**
 * The place of a source in the zip: where it lies in the models' folder. What lies further up than the zip
 * can show is put below `up/`.
 */
export function placeOf(file: string, folder: string): string {
  const path = relative(folder, file).replaceAll(sep, '/');
  return posix.normalize(`models/${path}`).replace(/^(\.\.\/)+/, (up) => 'up/'.repeat(up.length / 3));
}

/** A file or folder that code names beside itself, as the code names it. */
export interface Named {
  readonly name: string;
  /** Where it is on this machine. */
  readonly file: string;
  /** False for a text that need not be a file. */
  readonly isCertain: boolean;
}

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const URLS = new RegExp(String.raw`\bnew URL\((${TEXT}|\x60[^\x60$\\]*\x60), ${NAME}\.url\)`, 'g');
const JOINS = new RegExp(String.raw`\b(?:join|resolve)\(${NAME}\.dirname((?:, ${TEXT})+)\)`, 'g');
const SUMS = new RegExp(String.raw`\b${NAME}\.dirname \+ (${TEXT})`, 'g');
const TEMPLATES = new RegExp(String.raw`\x60\$\{${NAME}\.dirname\}([^\x60$\\]*)\x60`, 'g');
const ANY = new RegExp(TEXT, 'g');
/** The code may have a name of its own for its folder. */
const ANY_JOINS = new RegExp(String.raw`\b(?:join|resolve)\([\w.$]+((?:, ${TEXT})+)\)`, 'g');
const ANY_TEMPLATES = /`((?:[^`\\]|\\.)*)`/g;

/**
 * The files that code names beside itself, when it asks for its location: in `new URL('...',
 * import.meta.url)`, in `join(__dirname, '...')`, and in any other text that is the path of a file.
 *
 * @param code - as esbuild prints it, with {@link LOCATION_DEFINE}.
 */
export function namedFiles(code: string, source: string): Named[] {
  const folder = dirname(source);
  // `.` and `..` alone are where the code goes on from, and not files that it needs.
  const isPath = (name: string) =>
    !/^(?:[a-z]+:|\/|$)/i.test(name) && !name.includes('\0') && !/^[./]*$/.test(name);
  const urls = [...code.matchAll(URLS)].map(([, text]) => textOf(text as string)).filter(isPath);
  const joins = [...code.matchAll(JOINS)].map(([, texts]) => textsIn(texts as string).join('/'));
  const sums = [...code.matchAll(SUMS)].map(([, text]) => `.${textOf(text as string)}`);
  const templates = [...code.matchAll(TEMPLATES)].map(([, text]) => `.${text}`);
  const paths = [...joins, ...sums, ...templates].filter((name) => isPath(name));
  const parts = [...code.matchAll(ANY_TEMPLATES)].flatMap(([, text = '']) => text.split(/\$\{[^}]*\}/));
  const others = [
    ...[...textsIn(code), ...parts].filter((name) => name.length < 256 && /\w\.\w/.test(name)),
    ...[...code.matchAll(ANY_JOINS)].map(([, texts]) => textsIn(texts as string).join('/')),
  ]
    .map((name) => name.replace(/^\//, ''))
    .filter(isPath);
  return [
    ...urls.map((name) => ({
      name,
      file: fileURLToPath(new URL(name, pathToFileURL(source))),
      isCertain: true,
    })),
    ...paths.map((name) => ({ name, file: join(folder, name), isCertain: true })),
    ...others
      .map((name) => ({ name, file: resolve(folder, name), isCertain: false }))
      .filter(({ file }) => existsSync(file)),
  ];
}

/** Replaces `new URL('name', import.meta.url)`: `place` is a path in the bundle. */
export function replaceUrl(code: string, name: string, place: string): string {
  const url = `${NAME}File(${JSON.stringify(place)})`;
  return code.replace(URLS, (all, text) => (textOf(text) === name ? url : all));
}

function textsIn(code: string): string[] {
  return [...code.matchAll(ANY)].flatMap(([text]) => textOf(text) ?? []);
}

/** The value of a literal. esbuild's texts are JSON's, but for a few escapes. */
function textOf(literal: string): string {
  if (literal.startsWith('`')) {
    return literal.slice(1, -1);
  }
  try {
    return JSON.parse(literal);
  } catch {
    return '';
  }
}
