import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject, run, temporaryFolder } from './project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the npm package from a copy of this repository, and packs it; returns the tarball. */
export async function packPackage(): Promise<string> {
  const copy = copyProject();
  const documents = readdirSync(join(ROOT, '.github')).filter((name) => name.endsWith('.md'));
  for (const file of ['LICENSE', 'README.md', ...documents.map((name) => `.github/${name}`)]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  const built = await run(copy, [process.execPath, '--import', 'tsx', 'src/bundle/build-library.ts']);
  if (built.code !== 0) {
    throw new Error(`the package could not be built: ${built.text}`);
  }
  const packed = await run(copy, ['npm', 'pack', '--ignore-scripts', '--silent']);
  return join(copy, packed.text.trim());
}

/** Links all that this repository has installed, or a folder of it, into another node_modules. */
export function linkPackages(modules: string, parent = ''): void {
  const names = readdirSync(join(ROOT, 'node_modules', parent));
  for (const name of names.filter((each) => !each.startsWith('.') && each !== 'seldon-lambda')) {
    symlinkSync(join(ROOT, 'node_modules', parent, name), join(modules, parent, name));
  }
}

/**
 * A project of a user, with the package installed from a tarball. The packages beside it are this
 * repository's own, by links: an installation by npm would fetch them.
 *
 * @param files - by path.
 */
export async function projectWith(tarball: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder();
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  linkPackages(modules);
  linkPackages(modules, '.bin');
  const installed = join(modules, 'seldon-lambda');
  mkdirSync(installed);
  await run(installed, ['tar', 'xzf', tarball, '--strip-components=1']);
  symlinkSync('../seldon-lambda/dist/lib/src/cli/bin.js', join(modules, '.bin/seldon-lambda'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
