import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
      // Not over a file that was compiled: `a.ts` and `a.js` side by side would both be `a.js`.
      cpSync(join(ROOT, folder, path), join(OUT, folder, path), { force: false, errorOnExist: true });
    }
  }
}
// The plugin completes the serverless.yml of a project with it.
cpSync(join(ROOT, 'serverless.yml'), join(OUT, 'serverless.yml'));
// As a module, so that node can import it without a bundler; with its script and its style sheet in it.
const page = (await buildPage(join(ROOT, PAGE))).html;
mkdirSync(dirname(join(OUT, PAGE)), { recursive: true });
writeFileSync(join(OUT, `${PAGE}.js`), `export default ${JSON.stringify(page)};\n`);
const docs = join(OUT, 'src/runtime/endpoints/docs.js');
writeFileSync(docs, readFileSync(docs, 'utf8').replace('page.html', 'page.html.js'));
writeCreatePackage(ROOT, join(ROOT, 'dist/create-seldon-lambda'));
