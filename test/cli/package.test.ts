import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../src/bundle/bundle.ts';
import { packageModels, refuseTooLarge } from '../../src/bundle/package.ts';
import { UserError } from '../../src/bundle/user-error.ts';
import { zip, zipEntries } from '../../src/bundle/zip.ts';
import { apiGatewayV2, readResult } from '../support/events.ts';
import { once } from '../support/once.ts';
import { writeFiles } from '../support/packages.ts';
import { checkOut, copyProject, removeFolders, run, temporaryFolder } from '../support/project.ts';
import { program } from '../support/shared-program.ts';
import { smallLibrary } from '../support/small-library.ts';

const CLI = [process.execPath, 'src/cli/bin.js', 'package'];

afterAll(removeFolders, 60_000);

describe('npm run package', () => {
  let project: string;
  let output: string;
  let entries: Record<string, Uint8Array>;

  beforeAll(async () => {
    project = copyProject();
    const { code, text } = await run(project, [...CLI, '--model', 'models/Iris.ts']);
    expect(text).not.toContain('Error');
    expect(code).toBe(0);
    output = text;
    entries = unzipSync(readFileSync(join(project, 'dist/model.zip')));
  }, 240_000);

  test('puts every handler, the model and what they share one level below the root', () => {
    // That of a graph is there where there is a graph.
    const sources = readdirSync(join(project, 'handlers')).filter((file) => file !== 'graph.ts');
    const handlers = sources.map((file) => file.replace('.ts', '.mjs'));
    const files = Object.keys(entries).filter((path) => !path.startsWith('chunks/'));
    expect(files).toEqual([
      ...handlers.sort().map((file) => `handlers/${file}`),
      'licences.txt',
      'models/Iris.mjs',
      'package.json',
    ]);
    const chunks = Object.keys(entries).filter((path) => path.startsWith('chunks/'));
    expect(chunks).not.toEqual([]);
    for (const path of chunks) {
      expect(path).toMatch(/^chunks\/[\w.-]+-[A-Z0-9]{8}\.mjs$/);
    }
    expect(Buffer.from(entries['package.json'] as Uint8Array).toString()).toBe('{"type":"module"}\n');
  });

  test('says how large each file is, and all of them', () => {
    for (const [path, contents] of Object.entries(entries)) {
      expect(output).toMatch(new RegExp(`^${path} +${contents.length} +[\\d.]+ +\\d+ %$`, 'm'));
    }
    const total = Object.values(entries).reduce((sum, { length }) => sum + length, 0);
    expect(output).toMatch(new RegExp(`^total +${total} +[\\d.]+ +100 %$`, 'm'));
    expect(output).toContain(join(project, 'dist/model.zip'));
  });

  test('keeps the source maps beside the zip, their sources as relative paths', () => {
    expect(Object.keys(entries).filter((path) => path.endsWith('.map'))).toEqual([]);
    const path = join(project, 'dist/maps/models/Iris.mjs.map');
    const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { sources: string[] };
    expect(sources).toContain('../../../models/Iris.ts');
    for (const code of Object.values(entries)) {
      expect(Buffer.from(code).includes(project)).toBe(false);
    }
  });

  test('lies unzipped beside the zip, and serves from there', async () => {
    const message = JSON.stringify({ data: { ndarray: [[5.1, 3.5, 1.4, 0.2]] } });
    const answer = readResult(await invoke(join(project, 'dist/model'), message));
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.parse(answer.body as string).data.names).toEqual(['setosa', 'versicolor', 'virginica']);
  });

  test('gives the model the SeldonError that its handler knows', async () => {
    const answer = readResult(await invoke(join(project, 'dist/model'), '{"data":{"ndarray":[[1]]}}'));
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.body).toContain('MICROSERVICE_BAD_DATA');
  });
});

/** A clone in which no dist/model.zip is made. */
const clone = once(() => {
  const project = copyProject();
  // They need a package that need not be installed.
  for (const name of ['DigitsOnnx', 'OnnxModel']) {
    rmSync(join(project, `models/${name}.ts`));
  }
  return project;
});

test('takes all models without --model, and a folder of the zip that does not exist yet', async () => {
  const project = clone();
  const { code } = await program(project, ['package', '--out', 'a/b/all.zip']);
  expect(code).toBe(0);
  const models = readdirSync(join(project, 'models')).filter((file) => file.endsWith('.ts'));
  const entries = Object.keys(unzipSync(readFileSync(join(project, 'a/b/all.zip'))));
  expect(entries.filter((path) => path.startsWith('models/'))).toEqual(
    models.sort().map((file) => `models/${file.replace('.ts', '.mjs')}`),
  );
});

test('the same sources give the same bytes in any folder and any time zone', async () => {
  const sums = [];
  const timeZone = process.env.TZ;
  for (const [folder, zone] of [
    ['one', 'Asia/Tokyo'],
    ['another/deeper', 'America/New_York'],
  ] as const) {
    const root = checkOut(join(temporaryFolder(), folder));
    process.env.TZ = zone;
    const models = { Iris: join(root, 'models/Iris.ts'), MeanCombiner: 'models/MeanCombiner.ts' };
    await packageModels({ root, library: root, models, out: 'dist/model.zip' });
    sums.push(
      createHash('sha256')
        .update(readFileSync(join(root, 'dist/model.zip')))
        .digest('hex'),
    );
  }
  if (timeZone === undefined) {
    delete process.env.TZ;
  } else {
    process.env.TZ = timeZone;
  }
  expect(sums[0]).toBe(sums[1]);
});

test('a zip has its entries sorted, readable for all, with a date that never changes', () => {
  const bytes = Buffer.from(
    zip(
      new Map([
        ['b', 'B'],
        ['a', 'A'],
      ]),
    ),
  );
  expect(Object.keys(unzipSync(bytes))).toEqual(['a', 'b']);
  const central = bytes.indexOf(Buffer.from('PK\x01\x02'));
  expect(bytes.readUInt32LE(central + 12)).toBe(((1 << 5) | 1) << 16); // 1980-01-01 00:00 in DOS format
  expect((bytes.readUInt32LE(central + 38) >>> 16).toString(8)).toBe('100644');
});

test('a zip has a large file as it is where compression gains nothing', () => {
  const dense = randomBytes(2 ** 20);
  const part = Buffer.concat([dense, Buffer.alloc(2 ** 20)]);
  const files = new Map([dense, part].map((bytes, index) => [`${index}`, bytes]));
  const bytes = zip(files);
  const entries = unzipSync(bytes);
  expect([dense, part].map((each, index) => each.equals(entries[index] as Uint8Array))).toEqual([true, true]);
  const [stored, compressed] = zipEntries(bytes);
  expect(stored).toEqual({ path: '0', size: dense.length, zippedSize: dense.length });
  expect(compressed?.zippedSize).toBeLessThan(1.1 * dense.length);
});

describe('refuses, in one line without a stack,', { timeout: 240_000 }, () => {
  let project: string;
  const sources = {
    'broken/Broken.ts': 'export class Broken {\n  predict( {}\n}\n',
    'nothing/Nothing.ts': 'export const weights = [1];\n',
    'lost/Lost.ts': "import { x } from './not-there.ts';\nexport class Lost { x = x }\n",
    'one/Twin.ts': 'export class Twin {}\n',
    'two/Twin.ts': 'export class Twin {}\n',
  };

  beforeAll(() => {
    project = clone();
    writeFiles(project, sources);
  });

  test.concurrent.each([
    ['an unknown option', ['--modle', 'x'], /^Unknown option '--modle'/],
    ['an argument', ['models/Iris.ts'], /^Unexpected argument 'models\/Iris\.ts'/],
    [
      'a model file that is not there',
      ['--model', 'models/Nope.ts'],
      /^there is no model file models\/Nope\.ts$/,
    ],
    ['what does not compile', ['--model', 'broken/Broken.ts'], /^broken\/Broken\.ts:3:\d+: Expected /],
    ['an import that leads nowhere', ['--model', 'lost/Lost.ts'], /^lost\/Lost\.ts:1:19: Could not resolve/],
    [
      'a file without a class of its name',
      ['--model', 'nothing/Nothing.ts'],
      /nothing\/Nothing\.ts exports weights; expected a class Nothing, or a default export$/,
    ],
    ['two models of one name', ['-m', 'one/Twin.ts', '-m', 'two/Twin.ts'], /are both named Twin$/],
  ])('%s', async (_what, args, message) => {
    const { code, text } = await program(project, ['package', ...args]);
    expect(text.trim()).toMatch(message);
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(join(project, 'dist/model.zip'))).toBe(false);
  });
});

test('refuses more than Lambda takes unzipped, and names the largest file', () => {
  const limit = 262_144_000;
  expect(() => refuseTooLarge(new Map([['a', new Uint8Array(limit)]]))).not.toThrow();
  const files = new Map<string, Uint8Array | string>([
    ['models/Large.mjs', new Uint8Array(limit)],
    ['package.json', '{}'],
  ]);
  expect(() => refuseTooLarge(files)).toThrow(
    new UserError(
      'the package has 262144002 bytes unzipped, Lambda accepts 262144000 (250 MB); its largest file is models/Large.mjs, 262144000 bytes',
    ),
  );
});

test('shows how to use it', async () => {
  const { code, text } = await program(clone(), ['package', '--help']);
  expect(text).toContain('--model <file>');
  expect(code).toBe(0);
});

describe('a bundle', () => {
  test('lets a CommonJS dependency of a model require what is part of node', async () => {
    const root = temporaryFolder();
    writeFiles(root, {
      'models/lib/legacy.cjs': "exports.end = require('os').EOL + require.resolve('fs');",
      'models/Legacy.ts':
        "import { end } from './lib/legacy.cjs';\nexport class Legacy { predict() { return end } }\n",
    });
    await packageModels({ root, models: { Legacy: 'models/Legacy.ts' }, out: 'dist/model.zip' });
    const answer = readResult(await invoke(join(root, 'dist/model'), '{"strData":""}'));
    expect(JSON.parse(answer.body as string).strData).toBe('\nfs');
  });

  test('says how to serve a class that is not named as its file', async () => {
    const root = temporaryFolder();
    writeFiles(root, { 'models/lib/routers.ts': 'export class Fair {}\n' });
    const options = { root, library: smallLibrary(), outdir: '.build' };
    const models = { 'lib/routers': 'models/lib/routers.ts' };
    const { files, warnings } = await bundle({ ...options, models });
    expect([...files.keys()]).toContain('models/lib/routers.mjs');
    expect(warnings).toEqual([
      'models/lib/routers.ts exports Fair, but no class routers: serve it with MODEL_NAME=lib.routers.Fair',
    ]);
  });
});

/** Posts to /predict of what lies in a folder, in a process of its own. */
async function invoke(folder: string, body: string): Promise<unknown> {
  const script =
    'const { handler } = await import("./handlers/predict.mjs");' +
    'console.log(JSON.stringify(await handler(JSON.parse(process.argv[1]), {})));';
  const event = JSON.stringify(apiGatewayV2({ method: 'POST', path: '/predict', body }));
  const { text } = await run(folder, [process.execPath, '--input-type=module', '--eval', script, event]);
  return JSON.parse(text.trim().split('\n').at(-1) as string);
}
