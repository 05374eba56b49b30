import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the package `create-seldon-lambda`, which `npm create seldon-lambda` runs: one file, and this
 * package in the same version as its dependency.
 *
 * @param root - of this repository. @param out - the folder of the package, which is emptied first.
 */
export function writeCreatePackage(root: string, out: string): void {
  const { version, license, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = {
    name: 'create-seldon-lambda',
    version,
    description: 'Makes a project for seldon-lambda: npm create seldon-lambda@latest fraud',
    license,
    type: 'module',
    engines,
    bin: { 'create-seldon-lambda': 'bin.js' },
    files: ['bin.js'],
    dependencies: { 'seldon-lambda': version },
  };
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(root, 'src/cli/create/bin.js'), join(out, 'bin.js'));
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
}
