import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles `seldon-lambda/client` for a page, as one script that makes it the global `seldon`, and tells what
 * the script still imports.
 *
 * @param names - what the page imports; default: everything.
 *
 * @throws Error when esbuild warns.
 */
export async function bundleClient(
  ...names: readonly string[]
): Promise<{ code: string; imports: readonly string[] }> {
  const taken = names.length === 0 ? '*' : `{ ${names.join(', ')} }`;
  const { outputFiles, metafile, warnings } = await build({
    stdin: {
      contents: `export ${taken} from './index.ts';`,
      resolveDir: fileURLToPath(new URL('../../src/client', import.meta.url)),
    },
    bundle: true,
    minify: true,
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16'],
    format: 'iife',
    globalName: 'seldon',
    write: false,
    metafile: true,
  });
  if (warnings.length > 0) {
    throw new Error(warnings.map(({ text }) => text).join('\n'));
  }
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return { code: outputFiles[0]?.text ?? '', imports };
}
