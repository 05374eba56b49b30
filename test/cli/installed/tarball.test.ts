import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { type BuildFailure, build } from 'esbuild';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packPackage, projectWith } from '../../support/installed.ts';
import { removeFolders, run, temporaryFolder } from '../../support/project.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
let tarball: string;

beforeAll(async () => {
  tarball = await packPackage();
}, 120_000);

afterAll(removeFolders, 60_000);

describe('the tarball', () => {
  test('has the compiled code, the types, the licence, and nothing else', async () => {
    const { text } = await run(temporaryFolder(), ['tar', 'tzf', tarball]);
    const files = text.trim().split('\n').sort();
    const others = files.filter((file) => !file.startsWith('package/dist/lib/'));
    const documents = readdirSync(new URL('../../../.github', import.meta.url)).filter((each) =>
      each.endsWith('.md'),
    );
    expect(others).toEqual(
      [
        'package.json',
        'LICENSE',
        'README.md',
        'models/FROM-PYTHON.md',
        ...documents.map((name) => `.github/${name}`),
      ]
        .map((file) => `package/${file}`)
        .sort(),
    );
    const kinds = new Set(
      files.filter((file) => !others.includes(file)).map((file) => /(\.d)?\.\w+$/.exec(file)?.[0]),
    );
    expect([...kinds].sort()).toEqual(['.cjs', '.d.ts', '.js', '.mjs', '.yml']);
    expect(files.filter((file) => /build-library|create-package|\.test\./.test(file))).toEqual([]);
  });

  test('has no module that imports what is not there', async () => {
    const project = await projectWith(tarball, {});
    const library = join(project, 'node_modules/seldon-lambda/dist/lib');
    const modules = readdirSync(library, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.[cm]?js$/.test(file),
    );
    const { errors, warnings } = await build({
      entryPoints: modules.map((file) => ({ in: join(library, file), out: file })),
      ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm' },
      ...{ write: false, outdir: project, logLevel: 'silent' },
    }).catch((failure: BuildFailure) => failure);
    // A module without exports may be CommonJS to it: only a warning.
    const found = [...errors, ...warnings.filter(({ id }) => id === 'import-is-undefined')];
    expect(found.map(({ text }) => text)).toEqual([]);
    expect(modules.length).toBeGreaterThan(400);
  });

  test('is clean by the rules of publint', async () => {
    const { messages } = await publint({ pack: { tarball: toBuffer(readFileSync(tarball)) }, strict: true });
    expect(messages).toEqual([]);
  });

  test('has types for every way of importing it', async () => {
    const { problems } = (await checkPackage(createPackageFromTarballData(readFileSync(tarball)))) as {
      problems?: readonly {
        readonly kind: string;
        readonly entrypoint?: string;
        readonly resolutionKind?: string;
      }[];
    };
    const found = (problems ?? []).filter(
      // It is an ES module, and TypeScript's oldest resolution reads no `exports`.
      // serverless loads the plugin by its name; no code imports it.
      ({ kind, resolutionKind, entrypoint }) =>
        kind !== 'CJSResolvesToESM' && resolutionKind !== 'node10' && entrypoint !== './serverless',
    );
    expect(found).toEqual([]);
  });
});

function toBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

test('the library has types that another project can import', async () => {
  const consumer = temporaryFolder();
  const installed = join(consumer, 'node_modules/seldon-lambda');
  mkdirSync(installed, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/zod'), join(consumer, 'node_modules/zod'));
  writeFileSync(join(consumer, 'model.ts'), OTHER_PROJECT);
  expect(await run(installed, ['tar', 'xzf', tarball, '--strip-components=1'])).toMatchObject({ code: 0 });

  const check = [process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '--strict'];
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const options = [
      '--module',
      module,
      '--moduleResolution',
      moduleResolution,
      '--lib',
      'es2023,dom',
      '--types',
      '',
    ];
    expect(await run(consumer, [...check, ...options, 'model.ts'])).toEqual({ code: 0, text: '' });
  }
  const script =
    "import { fromNested } from 'seldon-lambda'; console.log(fromNested([[1, 2]]).shape.join());";
  expect(await run(consumer, [process.execPath, '--input-type=module', '--eval', script])).toEqual({
    code: 0,
    text: '1,2\n',
  });
});

const OTHER_PROJECT = `
import { counter, fromData, type Model, NdArray, type Payload, SeldonError, SeldonResponse } from 'seldon-lambda';
export class Own implements Model {
  predict(X: Payload): SeldonResponse {
    if (!(X instanceof NdArray)) throw new SeldonError('MY_REASON', 'no array');
    const { data, shape } = X.asType('float64');
    const numbers: Float64Array = data;
    return new SeldonResponse(fromData(numbers, shape), { metrics: [counter('calls', 1)] });
  }
}
// @ts-expect-error: the types are there, and not just any.
export const wrong: string = fromData(new Float64Array(1), [1]);
`;
