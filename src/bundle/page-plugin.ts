import { readFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { type BuildFailure, build, type Plugin } from 'esbuild';

/** A page that needs no other file, and the files that it was made from. */
interface Page {
  readonly html: string;
  readonly sources: readonly string[];
}

/**
 * Makes a page of HTML that contains its style sheet and its script: the files that `<link rel="stylesheet"
 * href="x.css">` and `<script src="x.ts"></script>` name, bundled and minified.
 *
 * @throws BuildFailure of esbuild when one of them does not compile.
 */
export async function buildPage(file: string): Promise<Page> {
  const template = readFileSync(file, 'utf8').replace(/^ +/gm, '');
  const parts = [...template.matchAll(PART)];
  const names = parts.map(([, style, script]) => (style ?? script) as string);
  const { outputFiles, metafile } = await build({
    absWorkingDir: dirname(file),
    entryPoints: names,
    outdir: 'built',
    entryNames: '[ext]/[name]',
    bundle: true,
    minify: true,
    charset: 'utf8',
    format: 'iife',
    target: ['chrome109', 'firefox115', 'safari16'],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const textOf = (name: string) => {
    const type = extname(name) === '.css' ? 'css' : 'js';
    const output = `${type}/${basename(name, extname(name))}.${type}`;
    return outputFiles.find(({ path }) => path.endsWith(`/${output}`))?.text.trim() ?? '';
  };
  // A function, because `$` has a meaning in a replacement text.
  const html = template.replace(PART, (_tag, style?: string, script?: string) =>
    style ? `<style>${textOf(style)}</style>` : `<script>${textOf(script as string)}</script>`,
  );
  const sources = Object.keys(metafile.inputs).map((path) => `${dirname(file)}/${path}`);
  return { html, sources: [file, ...sources] };
}

const PART = /<link rel="stylesheet" href="(\w+\.css)" ?\/?>|<script src="(\w+\.ts)"><\/script>/g;

/** Makes pages of HTML importable as text; see {@link buildPage}. */
export const pages: Plugin = {
  name: 'pages',
  setup({ onLoad }) {
    onLoad({ filter: /\.html$/ }, async ({ path }) => {
      try {
        const { html, sources } = await buildPage(path);
        return { contents: html, loader: 'text', watchFiles: [...sources] };
      } catch (failure) {
        const { errors } = failure as BuildFailure;
        if (!errors) {
          throw failure;
        }
        return { errors, watchFiles: [path] };
      }
    });
  },
};
