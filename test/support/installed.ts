import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { madeOnce } from './made-once.ts';
import { copyProject, run, temporaryFolder } from './project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The package.json of a project with the package. */
export const MANIFEST = '{ "name": "shop", "private": true, "type": "module" }\n';
/** The beginning of its serverless.yml. */
export const SERVERLESS =
  'service: shop\nprovider: { name: aws }\nplugins: [serverless-offline, seldon-lambda/serverless]\n';
/** The command that serves it. */
export const OFFLINE = [process.execPath, 'node_modules/serverless/bin/serverless.js', 'offline', 'start'];

/** The source of a model that answers how it is configured. */
export const echo = (name: string) => `
import { NdArray, type Payload } from 'seldon-lambda';
export class ${name} {
  private readonly factor: number;
  private calls = 0;
  constructor({ factor = 1 }: { factor?: number }) { this.factor = factor; }
  predict(X: Payload) {
    this.calls++;
    return X instanceof NdArray ? X.asType('float64').toNested().map((row) => [this.factor, ...row as number[]]) : ['no array'];
  }
  getState() { return { calls: this.calls }; }
  setState({ calls }: { calls: number }) { this.calls = calls; }
}
`;

/** The tarballs of both packages. */
interface Packed {
  readonly tarball: string;
  /** Of `create-seldon-lambda`. */
  readonly create: string;
}

/** The program in a project that has the package installed. */
export const PROGRAM = [process.execPath, 'node_modules/seldon-lambda/dist/lib/src/cli/bin.js'];

/** Builds the npm package from a copy of this repository, and packs it; returns the tarball. */
export async function packPackage(): Promise<string> {
  return (await packBoth()).tarball;
}

/** Builds and packs both packages, once for all test files. */
export async function packBoth(): Promise<Packed> {
  const folder = await madeOnce('packages', async (out) => {
    const copy = copyProject();
    const documents = readdirSync(join(ROOT, '.github')).filter((name) => name.endsWith('.md'));
    for (const file of ['LICENSE', 'README.md', ...documents.map((name) => `.github/${name}`)]) {
      mkdirSync(dirname(join(copy, file)), { recursive: true });
      cpSync(join(ROOT, file), join(copy, file));
    }
    const built = await run(copy, [process.execPath, '--import', 'tsx', 'src/bundle/build-library.ts']);
    if (built.code !== 0 || built.text !== '') {
      throw new Error(`the package could not be built: ${built.text}`);
    }
    const draft = `${out}.new`;
    mkdirSync(draft);
    await pack(copy, join(draft, 'seldon-lambda.tgz'));
    await pack(join(copy, 'dist/create-seldon-lambda'), join(draft, 'create-seldon-lambda.tgz'));
    renameSync(draft, out);
  });
  return {
    tarball: join(folder, 'seldon-lambda.tgz'),
    create: join(folder, 'create-seldon-lambda.tgz'),
  };
}

async function pack(folder: string, tarball: string): Promise<void> {
  const { text } = await run(folder, ['npm', 'pack', '--ignore-scripts', '--silent']);
  // Not renamed: the folders may be on different disks.
  cpSync(join(folder, text.trim()), tarball);
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
  await install(folder, tarball);
  symlinkSync('../seldon-lambda/dist/lib/src/cli/bin.js', join(modules, '.bin/seldon-lambda'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Puts a package in the place of the one that a project has installed, as npm does. */
export async function install(folder: string, tarball: string, name = 'seldon-lambda'): Promise<void> {
  const installed = join(folder, 'node_modules', name);
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed);
  await run(installed, ['tar', 'xzf', tarball, '--strip-components=1']);
}
