import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TSCONFIG } from '../init/project-files.ts';
import { modelsOf } from '../project-models.ts';
import { type Finding, findings } from './check.ts';

const FILE = 'tsconfig.json';
/** The settings with which TypeScript reads the `exports` of packages, such as `seldon-lambda/testing`. */
const RESOLUTIONS = ['bundler', 'node16', 'nodenext'];
const MODULES = ['node16', 'node18', 'node20', 'nodenext', 'preserve'];
const COMMENTS = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

/** tsconfig.json finds the types of this package. */
export function checkTypes(project: string): Finding[] {
  const { ok, warn, fail } = findings(FILE);
  const file = join(project, FILE);
  if (!existsSync(file)) {
    return hasTypescript(project)
      ? [
          warn('is not there: editors check the models less', 'write it', () =>
            write(file, TSCONFIG, 'written'),
          ),
        ]
      : [];
  }
  const text = readFileSync(file, 'utf8');
  const settings = readJsonc(text);
  if (settings === undefined) {
    return [fail('is not JSON', 'correct it')];
  }
  const { module = '', moduleResolution = '' } = settings.compilerOptions ?? {};
  const finds =
    moduleResolution === ''
      ? MODULES.includes(module.toLowerCase()) || settings.extends !== undefined
      : RESOLUTIONS.includes(moduleResolution.toLowerCase());
  return [
    finds
      ? ok('finds the types of this package')
      : fail(
          `${moduleResolution === '' ? 'without "moduleResolution"' : `with "moduleResolution": "${moduleResolution}"`}, ` +
            "TypeScript does not find 'seldon-lambda/testing'",
          'set "module": "preserve" and "moduleResolution": "bundler"',
          () => {
            const changed = withOption(withOption(text, 'moduleResolution', 'bundler'), 'module', 'preserve');
            return write(file, changed, 'module and moduleResolution');
          },
        ),
  ];
}

interface Settings {
  readonly extends?: unknown;
  readonly compilerOptions?: { readonly module?: string; readonly moduleResolution?: string };
}

/** JSON with comments and commas at the end. */
function readJsonc(text: string): Settings | undefined {
  try {
    const plain = text.replace(COMMENTS, '$1').replace(/,(\s*[}\]])/g, '$1');
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

function write(file: string, text: string, what: string): string {
  writeFileSync(file, text);
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
