import { defineConfig } from 'vitest/config';
import { buildPage } from '../src/bundle/page-plugin.ts';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [
    {
      name: 'pages',
      enforce: 'pre',
      load: async (id) =>
        id.endsWith('.html') ? `export default ${JSON.stringify((await buildPage(id)).html)}` : undefined,
    },
  ],
  resolve: { conditions: ['seldon-lambda-source'] },
  ssr: { resolve: { conditions: ['seldon-lambda-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/output.setup.ts'],
    // What a test logs through the functions is theirs to look at, not the reader's.
    silent: 'passed-only',
    testTimeout: 60_000,
    // One file at a time: many start servers, runtimes and compilers of their own.
    fileParallelism: false,
  },
});
