import { join } from 'node:path';
import { readText } from '../bundle/read-text.ts';
import { UserError } from '../bundle/user-error.ts';
import { isPlainObject } from '../runtime/objects.ts';

/** The part of a package.json that the commands read. */
export interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** The members that are objects, and those that are texts. */
const OBJECTS = ['scripts', 'dependencies', 'devDependencies'] as const;
const TEXTS = ['name', 'type'] as const;

/**
 * The package.json of a project; undefined when it has none.
 *
 * @throws UserError when it is not a JSON object, or a member that the commands read is of another type.
 */
export function readManifest(project: string): Manifest | undefined {
  const file = join(project, 'package.json');
  const text = readText(file);
  return text === undefined ? undefined : parseManifest(file, text);
}

function parseManifest(file: string, text: string): Manifest {
  const manifest = parseJson(file, text);
  if (!isPlainObject(manifest)) {
    throw new UserError(`${file}: expected a JSON object`);
  }
  const wrong =
    OBJECTS.find((name) => !isPlainObject(manifest[name] ?? {})) ??
    TEXTS.find((name) => typeof (manifest[name] ?? '') !== 'string');
  if (wrong !== undefined) {
    const expected = TEXTS.some((name) => name === wrong) ? 'a text' : 'an object';
    throw new UserError(`${file}: ${wrong} is ${JSON.stringify(manifest[wrong])}; expected ${expected}`);
  }
  return manifest as Manifest;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
}

/** Whether a project asks for a package, for whatever purpose. */
export function dependsOn({ dependencies, devDependencies }: Manifest, name: string): boolean {
  return name in { ...dependencies, ...devDependencies };
}
