import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeCreatePackage } from './create-package.ts';
import { buildPage } from './page-plugin.ts';

// `npm run build`: makes dist/lib, which the npm package consists of. It has the folders of the sources, file
// by file: handlers that are bundled in another project load the same files as its models, so a class such as
// NdArray is there once.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = join(ROOT, 'dist/lib');
const PAGE = 'src/page/page.html';

rmSync(OUT, { recursive: true, force: true });
const tsc = (project: string) =>
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', join(ROOT, 'src/bundle', project)],
    { stdio: 'inherit' },
  );
tsc('tsconfig.json');
tsc('tsconfig.types.json');
for (const folder of ['handlers', 'src']) {
  for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
    if (/\.[cm]?js$/.test(path)) {
      cpSync(join(ROOT, folder, path), join(OUT, folder, path));
    }
  }
}
// The plugin completes the serverless.yml of a project with it.
cpSync(join(ROOT, 'serverless.yml'), join(OUT, 'serverless.yml'));
// With its script and its style sheet in it, so that neither is compiled again.
mkdirSync(dirname(join(OUT, PAGE)), { recursive: true });
writeFileSync(join(OUT, PAGE), (await buildPage(join(ROOT, PAGE))).html);
writeCreatePackage(ROOT, join(ROOT, 'dist/create-seldon-lambda'));
