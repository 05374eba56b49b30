import { mkdirSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import { showEndpoints } from '../../src/deploy/banner.ts';
import { keepBundled } from '../../src/deploy/keep-bundled.ts';
import type { Serverless } from '../../src/deploy/serverless-types.ts';
import { watchFiles } from '../../src/deploy/watch-files.ts';
import { writeBundle } from '../../src/deploy/write-bundle.ts';
import { functionOfPath } from '../support/functions.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const MODELS = {
  Router: 'export class Router { route(X) { return 0; } sendFeedback() {} }',
  Combiner: 'class Base { aggregate(Xs) { return Xs[0]; } }\nexport class Combiner extends Base {}',
  Raw: 'export default class Raw { transformInputRaw(message) { return message; } }',
  Columns:
    "export class Columns { predict() {}\n  initMetadata() { return { inputs: [{ messagetype: 'ndarray', schema: { names: ['a', 'b'] } }] }; } }",
  Texts: "export class Texts { static accepts = ['strData', 'jsonData']; predict(X) { return X; } }",
  Table:
    "export class Table { predict() {}\n  initMetadata() { return { inputs: [{ messagetype: 'jsonData', schema: {} }] }; } }",
  Broken:
    'export class Broken {\n  constructor() {\n    throw new Error("the weights\\nare missing");\n  }\n}',
  Unloaded: 'export class Unloaded {\n  async load() {\n    throw new Error("no memory");\n  }\n}',
  Top: "export const table = JSON.parse('{');\nexport class Top { predict() {} }",
  Exits: 'process.exit(1);\nexport class Exits { predict() {} }',
} as const;

let folder: string;

beforeAll(async () => {
  const sources = temporaryFolder();
  folder = temporaryFolder();
  const models = Object.entries(MODELS).map(([name, code]) => {
    mkdirSync(join(sources, 'models'), { recursive: true });
    const file = join(sources, `models/${name}.ts`);
    writeFileSync(file, code);
    return [name, file];
  });
  const outdir = relative(ROOT, folder);
  writeBundle(folder, await bundle({ root: ROOT, models: Object.fromEntries(models), outdir }));
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(removeFolders);

/** The lines that a start prints for a model. */
async function bannerOf(modelName: string): Promise<string[]> {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const metadata = {
    name: 'metadata',
    module: join(folder, 'handlers/metadata.mjs'),
    exportName: 'handler',
    environment: { MODEL_NAME: modelName, NODE_OPTIONS: '--enable-source-maps' },
    timeoutMs: 20_000,
    memorySize: 128,
  };
  const routes = [...functionOfPath].map(([path, functionName]) => ({ key: `ANY ${path}`, functionName }));
  const server = {
    url: 'http://localhost:1',
    models: [{ name: modelName, file: `models/${modelName}.ts`, prefix: '', path: '' }],
    folder,
    routes,
    definitions: { metadata },
  };
  await showEndpoints({ service: { provider: { environment: {} } } } as unknown as Serverless, server);
  return print.mock.calls.flat().join('\n').split('\n');
}

describe('the banner', () => {
  test.each([
    [
      'Router',
      ['route', 'send-feedback'],
      `route -H 'content-type: application/json' -d '{"data": {"ndarray": [[1,2,3,4]]}}'`,
    ],
    ['Combiner', ['aggregate'], '{"seldonMessages": [{"data": {"ndarray": [[1,2,3,4]]}}, '],
    ['Raw', ['transform-input'], 'transform-input -H'],
    [
      'Columns',
      ['predict'],
      'predict -H \'content-type: application/json\' -d \'{"data": {"ndarray": [[1,2]]}}\'',
    ],
    ['Texts', ['predict'], '{"strData": "a text"}\''],
    ['Table', ['predict'], '{"jsonData": {"text": "a text"}}\''],
  ])('of %s begins with what the class has, and ends with a call of that', async (name, first, example) => {
    const lines = await bannerOf(name);
    const functions = lines.flatMap((line) => /^ {2}\S+ +\/\S+ +(\S+)$/.exec(line)?.[1] ?? []);
    const others = ['health', 'ping', 'metadata', 'metrics', 'openapi', 'docs'];
    expect([...new Set(functions)].slice(0, first.length)).toEqual(first);
    expect([...new Set(functions)].slice(first.length, first.length + others.length)).toEqual(others);
    expect(lines.at(-1)).toContain(`curl http://localhost:1/${example.startsWith('{') ? '' : example}`);
    expect(lines.at(-1)).toContain(example);
    expect(lines.join('\n')).not.toContain('cannot be served');
  });

  test.each([
    ['Broken', 'models/Broken.ts:3:11: the weights are missing'],
    ['Unloaded', 'models/Unloaded.ts:3:11: no memory'],
    ['Top', /models\/Top\.ts:1:\d+: .*JSON/],
    ['Exits', 'models/Exits.ts: Runtime exited with error: exit status 1'],
  ])('says in one line that %s cannot be served, and nothing else', async (name, why) => {
    const errors = vi.spyOn(console, 'error');
    const problems = (await bannerOf(name)).filter((line) => line.includes('cannot be served'));
    expect(problems).toEqual([
      typeof why === 'string' ? `${name} cannot be served: ${why}` : expect.stringMatching(why),
    ]);
    expect(errors).not.toHaveBeenCalled();
  });
});

test('a file that is not there has changed when it comes, and not before', async () => {
  const path = join(temporaryFolder(), 'late.bin');
  const reports: (() => void)[] = [];
  // Node's own reports of the same file, which come to this listener last.
  const report = () => new Promise<void>((come) => reports.push(come));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const changed = vi.fn();
  const watcher = watchFiles(changed);
  watcher.add([path]);
  const [missing, there] = [report(), report()];
  watchFile(path, { interval: 200, persistent: false }, () => reports.shift()?.());
  await missing;
  vi.runAllTimers();
  expect(changed).not.toHaveBeenCalled();
  writeFileSync(path, 'weights');
  await there;
  vi.runAllTimers();
  expect(changed).toHaveBeenCalledOnce();
  watcher.close();
  unwatchFile(path);
  vi.useRealTimers();
});

test('a first bundle that cannot be written is an error in one line', async () => {
  const target = temporaryFolder();
  writeFileSync(join(target, 'chunks'), 'a file where a folder should be');
  const options = { root: ROOT, models: {}, outdir: relative(ROOT, target) };
  await expect(keepBundled(options, { changed: () => {} })).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^the bundle cannot be written to \S+: E\w+: [^\n]+$/),
  });
});
