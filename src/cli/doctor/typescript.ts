import { join } from 'node:path';
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

/** tsconfig.json finds the types of this package. */
export function checkTypes(project: string, { ok, warn, fail }: Findings): Finding[] {
  const text = readText(join(project, FILE));
  if (text === undefined) {
    return hasTypescript(project)
      ? [
          warn('is not there: editors check the models less', 'write it', () =>
            write(project, TSCONFIG, 'written'),
          ),
        ]
      : [];
  }
  const settings = readJsonc(text);
  if (settings === undefined) {
    return [fail('is not JSON', 'correct it')];
  }
  if (findsTypes(settings)) {
    return [ok('finds the types of this package')];
  }
  const { moduleResolution } = settings.compilerOptions ?? {};
  const reason =
    moduleResolution === undefined
      ? 'without "moduleResolution"'
      : `with "moduleResolution": ${JSON.stringify(moduleResolution)}`;
  const changed = withOption(withOption(text, 'moduleResolution', 'bundler'), 'module', 'preserve');
  const isMended = findsTypes(readJsonc(changed) ?? {});
  return [
    fail(
      `${reason}, TypeScript does not find 'seldon-lambda/testing'`,
      'set "module": "preserve" and "moduleResolution": "bundler"',
      isMended ? () => write(project, changed, 'module and moduleResolution') : undefined,
    ),
  ];
}

function findsTypes({ compilerOptions, extends: base }: Settings): boolean {
  const { module = '', moduleResolution } = compilerOptions ?? {};
  return moduleResolution === undefined
    ? MODULES.includes(`${module}`.toLowerCase()) || base !== undefined
    : RESOLUTIONS.includes(`${moduleResolution}`.toLowerCase());
}

interface Settings {
  readonly extends?: unknown;
  readonly compilerOptions?: { readonly module?: unknown; readonly moduleResolution?: unknown };
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

function write(project: string, text: string, what: string): string {
  replaceFile(join(project, FILE), text);
  return `${FILE}: ${what}`;
}

function hasTypescript(project: string): boolean {
  try {
    return Object.values(modelsOf(project)).some((file) => file.endsWith('.ts'));
  } catch {
    // Another check says what is wrong with the models.
    return false;
  }
}
