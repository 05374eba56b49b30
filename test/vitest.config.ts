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
/** They talk to hosts and stores that they start, and a busy machine makes them miss nothing. */
const PATIENT = [
  /^client\W(arrays|calls|document|inference|tensors)\./,
  /^doors\W(from-|log-output|metrics-fleet|runtime-client|units|model-uri\W(?!packaged))/,
  /^doors\Wbatch\W(idempotency|laws|outputs|sources)\./,
  /^doors\Wgraph\W(cases|feedback|laws|observed|protocol|repeated)/,
  /^(house\Wreadme|testing\W|runtime\Wstores\W(dynamodb-s3|memory|overflow)\.|support\Wstores\Ws3)/,
];
const patient = servers.filter((file) => PATIENT.some((each) => each.test(file.slice(folder.length))));

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
    // The default leaves one core to itself: on two cores, one file at a time.
    maxWorkers: '100%',
    projects: [
      // They share a process: each instance has all that it lives on, and one import of it is enough.
      { extends: true, test: { name: 'pure', include: pure, isolate: false, sequence: { groupOrder: 0 } } },
      // They wait for commands to end, however long that takes.
      { extends: true, test: { name: 'commands', include: commands, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'patient', include: patient, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'templates',
          include: templates,
          // They share a process in which serverless has been loaded, and the templates.
          isolate: false,
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
          isolate: false,
          globalSetup: 'test/support/lanes.setup.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: servers,
          exclude: [...commands, ...patient, ...templates, ...installed],
          // One file at a time: they set deadlines, which a busy machine misses.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
