import { join } from 'node:path';
import { modelFolderOf } from '../../bundle/model-folder.ts';
import { readText } from '../../bundle/read-text.ts';
import { replaceFile } from '../../bundle/write-files.ts';
import { TSCONFIG } from '../init/project-files.ts';
import { modelsOf } from '../project-models.ts';
import type { Finding, Findings } from './check.ts';

const FILE = 'tsconfig.json';
/** The settings with which TypeScript reads the `exports` of packages, such as `seldon-lambda/testing`. */
const RESOLUTIONS = ['bundler', 'node16', 'nodenext'];
const MODULES = ['node16', 'node18', 'node20', 'nodenext', 'preserve'];
const COMMENTS = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/**
 * tsconfig.json finds the types of this package: the one in the folder of the models, which editors take for
 * them, or else that of the project.
 */
export function checkTypes(project: string, tell: Findings): Finding[] {
  const folder = modelFolderOf(project);
  const beside = join(folder, FILE);
  const found = [beside, FILE]
    .map((path) => ({ path, text: readText(join(project, path)) }))
    .find(({ text }) => text !== undefined);
  if (found?.text === undefined) {
    const fix = () => write(project, { path: FILE, text: TSCONFIG }, 'written');
    return hasTypescript(project)
      ? [tell.warn('is not there: editors check the models less', 'write it', fix)]
      : [];
  }
  const settings = readJsonc(found.text);
  if (settings === undefined) {
    return [tell.fail(`${found.path} is not JSON`, 'correct it')];
  }
  if (findsTypes(settings)) {
    return [tell.ok('finds the types of this package')];
  }
  const { moduleResolution } = settings.compilerOptions ?? {};
  const reason = `${
    moduleResolution === undefined
      ? 'without "moduleResolution"'
      : `with "moduleResolution": ${JSON.stringify(moduleResolution)}`
  }, TypeScript does not find 'seldon-lambda/testing'`;
  if (emitsCommonJs(settings)) {
    const fix = () => write(project, { path: beside, text: TSCONFIG }, 'written');
    const remedy = `write ${beside} for the models, and add "${folder}" to "exclude" here, which compiles to CommonJS`;
    return [tell.fail(reason, remedy, found.path === beside ? undefined : fix)];
  }
  const text = withOption(withOption(found.text, 'moduleResolution', 'bundler'), 'module', 'preserve');
  const isMended = findsTypes(readJsonc(text) ?? {});
  const fix = () => write(project, { path: found.path, text }, 'module and moduleResolution');
  return [
    tell.fail(
      reason,
      'set "module": "preserve" and "moduleResolution": "bundler"',
      isMended ? fix : undefined,
    ),
  ];
}

function findsTypes({ compilerOptions, extends: base }: Settings): boolean {
  const { module = '', moduleResolution } = compilerOptions ?? {};
  return moduleResolution === undefined
    ? MODULES.includes(`${module}`.toLowerCase()) || base !== undefined
    : RESOLUTIONS.includes(`${moduleResolution}`.toLowerCase());
}

/** Another `module` would change the program that is made of the other sources. */
function emitsCommonJs({ compilerOptions }: Settings): boolean {
  const { module, noEmit } = compilerOptions ?? {};
  return `${module}`.toLowerCase() === 'commonjs' && noEmit !== true;
}

interface Settings {
  readonly extends?: unknown;
  readonly compilerOptions?: {
    readonly module?: unknown;
    readonly moduleResolution?: unknown;
    readonly noEmit?: unknown;
  };
}

/** JSON with comments and commas at the end. */
function readJsonc(text: string): Settings | undefined {
  try {
    const plain = text
      .replace(/^\ufeff/, '')
      .replace(COMMENTS, '$1')
      .replace(/,(\s*[}\]])/g, '$1');
    return Object(JSON.parse(plain)) as Settings;
  } catch {
    return undefined;
  }
}

/** Sets an option, and leaves the comments and all else as they are. */
function withOption(text: string, name: string, value: string): string {
  const option = new RegExp(`("${name}"\\s*:\\s*)"[^"]*"`);
  if (option.test(text)) {
    return text.replace(option, `$1"${value}"`);
  }
  const line = `"${name}": "${value}"`;
  const options = /("compilerOptions"\s*:\s*\{)(\s*)(\}?)/;
  if (options.test(text)) {
    return text.replace(options, (_all, open, space: string, close: string) =>
      close === '' ? `${open}${space}${line},${space}${close}` : `${open} ${line} ${close}`,
    );
  }
  return text.replace(/\{(\s*)(\}?)/, (_all, space, close) =>
    close === '' ? `{${space}"compilerOptions": { ${line} },${space}` : `{ "compilerOptions": { ${line} } }`,
  );
}

function write(
  project: string,
  { path, text }: { readonly path: string; readonly text: string },
  what: string,
): string {
  replaceFile(join(project, path), text);
  return `${path}: ${what}`;
}

function hasTypescript(project: string): boolean {
  try {
    return Object.values(modelsOf(project)).some((file) => file.endsWith('.ts'));
  } catch {
    // Another check says what is wrong with the models.
    return false;
  }
}
