import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { buildPage } from '../src/bundle/page-plugin.ts';
import { divideTests } from './support/divide-tests.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const { pure, servers } = divideTests(folder);
const templates = servers.filter((file) =>
  /^(deploy\W(stack\W|(account|invoke-local|lint)\.)|house\Wserverless-yml\.)/.test(
    file.slice(folder.length),
  ),
);
const installed = servers.filter((file) => /^cli\Winstalled\W/.test(file.slice(folder.length)));
const commands = servers.filter(
  (file) =>
    /^(cli|deploy|page)\W|\Wonnx\./.test(file.slice(folder.length)) &&
    !templates.includes(file) &&
    !installed.includes(file),
);
/** They set deadlines, which a busy machine misses. */
const HURRIED = [
  /^client\Wretries\./,
  /^doors\W(payload-log|state-(early|failures|groups|metrics|redis))\./,
  /^doors\W(batch\Wtime|graph\Welsewhere)\./,
  /^house\Wstability\./,
  /^runtime\W(clients\Wconnections|stores\Wredis)/,
];
const hurried = servers.filter((file) => HURRIED.some((each) => each.test(file.slice(folder.length))));

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
  // By an alias: the name of the package may be another one in a clone.
  resolve: {
    alias: [
      ...Object.entries({ 'seldon-lambda': 'index.ts', 'seldon-lambda/testing': 'testing/index.ts' }).map(
        ([name, file]) => ({
          find: new RegExp(`^${name}$`),
          replacement: fileURLToPath(new URL(`../src/${file}`, import.meta.url)),
        }),
      ),
    ],
  },
  test: {
    // The log of the functions is for the test that called them; the reader sees it where that test fails.
    silent: 'passed-only',
    setupFiles: ['test/support/output.setup.ts'],
    testTimeout: 60_000,
    // Files share processes: an instance has all that it lives on, and one import of the code is enough.
    isolate: false,
    // The default leaves one core to itself: on two cores, one file at a time.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { name: 'pure', include: pure, sequence: { groupOrder: 0 } } },
      // The process that runs the commands of a file keeps its folders, which are removed with it.
      {
        extends: true,
        test: { name: 'commands', include: commands, isolate: true, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'cloudformation',
          include: templates,
          // They share a process in which serverless has been loaded, too, and the templates.
          globalSetup: 'test/support/lanes.setup.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'installed',
          include: installed,
          // They share the packages that are packed, too.
          globalSetup: 'test/support/lanes.setup.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: servers,
          exclude: [...commands, ...templates, ...installed, ...hurried],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'hurried',
          include: hurried,
          // One file at a time.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
