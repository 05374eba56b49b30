import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../bundle/user-error.ts';

/** The part of a package.json that the commands read. */
export interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/**
 * The package.json of a project; undefined when it has none.
 *
 * @throws UserError when it is not a JSON object.
 */
export function readManifest(project: string): Manifest | undefined {
  const file = join(project, 'package.json');
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
    if (typeof manifest === 'object' && manifest !== null && !Array.isArray(manifest)) {
      return manifest as Manifest;
    }
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`);
  }
  throw new UserError(`${file}: expected a JSON object`);
}

/** Whether a project asks for a package, for whatever purpose. */
export function dependsOn({ dependencies, devDependencies }: Manifest, name: string): boolean {
  return name in { ...dependencies, ...devDependencies };
}
