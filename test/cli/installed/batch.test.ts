import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InferLine, linesOf, type OutputLine, sorted } from '../../support/batch-run.ts';
import { MANIFEST, PROGRAM, packPackage, projectWith } from '../../support/installed.ts';
import { removeFolders, run } from '../../support/project.ts';

// The command as users have it, which bundles the model and calls it in threads.
let project: string;

const SOURCES = {
  Sum: `import type { NdArray } from 'seldon-lambda';
export class Sum {
  predict(X: NdArray, names: string[]) {
    console.log('the model says');
    if (Array.from(X.data as Float64Array).includes(13)) {
      process.exit(7);
    }
    return (X.toNested() as number[][]).map((row) => [row.reduce((sum, value) => sum + value, 0), names.length]);
  }
  initMetadata() {
    return { name: 'sum', inputs: [{ messagetype: 'ndarray', schema: { names: ['b', 'a'] } }], outputs: [] };
  }
}`,
  Learns: `export class Learns {
  predict(X: unknown) { return [[1]]; }
  sendFeedback() {}
}`,
  Wrong: 'export class Wrong { predict( }',
  Bare: 'export class Bare { load() { throw new Error("no weights"); } predict() { return [[1]]; } }',
  Broken: 'throw new Error("no license"); export class Broken { predict() { return [[1]]; } }',
  Ends: 'export class Ends { constructor() { process.exit(7); } predict() { return [[1]]; } }',
  Vague: 'export class Vague { predict() { return [[1]]; } initMetadata() { return 5; } }',
};

beforeAll(async () => {
  const models = Object.entries(SOURCES).map(([name, source]) => [`models/${name}.ts`, source]);
  project = await projectWith(await packPackage(), {
    'package.json': MANIFEST,
    ...Object.fromEntries(models),
    'routers/Routes.ts': 'export class Routes { route() { return 0; } }',
  });
}, 120_000);

afterAll(removeFolders);

const answered = async (contents: string, args: readonly string[], name = 'in.jsonl') => {
  const folder = join(project, `run-${Math.random()}`);
  mkdirSync(folder);
  const [input, output] = [join(folder, name), join(folder, 'out.jsonl')];
  writeFileSync(input, contents);
  const { code, text } = await run(project, [...PROGRAM, 'batch', input, output, ...args]);
  return { code, text, output };
};

const rowsIn = (output: string) =>
  sorted(linesOf<OutputLine>(output)).map(({ data, status }) => data?.ndarray ?? status?.reason);

describe('--model', { timeout: 120_000 }, () => {
  test('answers each line in this process, and shows what the model writes', async () => {
    const lines = Array.from({ length: 250 }, (_, index) => `[[${index + 20},1]]\n`).join('');
    const { code, text, output } = await answered(lines, ['--model', 'Sum', '-s', '100', '-w', '2']);
    expect(text).toMatch(/^done: 250 of 250 lines were answered$/m);
    expect(text).toMatch(/^the model says$/m);
    expect(code).toBe(0);
    expect(rowsIn(output)).toEqual(Array.from({ length: 250 }, (_, index) => [[index + 21, 0]]));
    expect(sorted(linesOf(output))[249]?.meta.tags).toMatchObject({ batch_index: 249 });
  });

  test('gets a table in the order of its own metadata', async () => {
    const { code, output } = await answered('a,b\n1,20\n3,40\n', ['--model', 'Sum'], 'in.csv');
    expect(code).toBe(0);
    expect(rowsIn(output)).toEqual([[[21, 2]], [[43, 2]]]);
  });

  test('has the line fail that ends it, and answers the others', async () => {
    const args = ['--model', 'models/Sum.ts', '-s', '4', '-r', '1'];
    const { code, text, output } = await answered('[[20]]\n[[21]]\n[[13]]\n[[22]]\n[[23]]\n', args);
    expect(rowsIn(output)).toEqual([
      ...[[[20, 0]], [[21, 0]]],
      'the model has ended its thread, with exit code 7',
      ...[[[22, 0]], [[23, 0]]],
    ]);
    expect(text).toMatch(/^FAILED the model ended: 1 line$/m);
    expect(code).toBe(1);
  });

  test.each([[[]], [['--binary']]])('is asked in the Open Inference Protocol, too %s', async (more) => {
    const args = ['--model', 'Sum', '--protocol', 'v2', '-s', '2', ...more];
    const { code, output } = await answered('[[20,1]]\n[[21,1]]\n["x"]\n[[22,1]]\n', args);
    const lines = sorted(linesOf<InferLine>(output));
    expect(lines.map(({ outputs }) => outputs?.[0]?.data)).toEqual([[21, 0], [22, 0], undefined, [23, 0]]);
    expect(lines[0]?.outputs?.[0]).toMatchObject({ shape: [1, 2], datatype: 'FP64' });
    expect(lines[2]?.error).toMatch(/expected a number/);
    expect(code).toBe(1);
  });

  test.each([
    [
      ['--model', 'None'],
      '--model: expected one of Bare, Broken, Ends, Learns, Sum, Vague, Wrong, or a file; got "None"',
    ],
    [['--model', 'routers/Routes.ts'], 'the model Routes has no method predict: all answers would be empty'],
    [['--model', 'models/None.ts'], '--model: there is no file models/None.ts'],
    [['--model', 'Sum', '--url', 'http://127.0.0.1:9'], '--url and --model: expected one of them'],
    [
      ['--model', 'Learns', '-m', 'feedback', '-a', 'raw'],
      '--method feedback with --model: set STATE_URL, or all that the model learns is lost at the end',
    ],
  ])('%s is refused in words', async (args, message) => {
    const { code, text, output } = await answered('[[1]]\n', args);
    expect({ code, text }).toEqual({ code: 2, text: `${message}\n` });
    expect(() => readFileSync(output)).toThrow('ENOENT');
  });

  test.each(['seldon', 'v2'])(
    'what cannot be loaded is said once, and no line fails: %s',
    async (protocol) => {
      const ask = async (model: string) => {
        const args = ['--model', model, '--protocol', protocol];
        const { code, text, output } = await answered('[[1]]\n[[2]]\n', args);
        expect(() => readFileSync(output)).toThrow('ENOENT');
        return { code, said: text.split('\n').filter((line) => line !== '' && !line.startsWith('{')) };
      };
      const because = (model: string, why: string) => ({
        code: 2,
        said: [`the model ${model} cannot be loaded: ${why}`],
      });
      expect(await ask('Bare')).toEqual(because('Bare', 'no weights'));
      expect(await ask('Broken')).toEqual(because('Broken', 'no license'));
      expect(await ask('Ends')).toEqual(because('Ends', 'the model has ended its thread, with exit code 7'));
    },
  );

  test('a model whose metadata is wrong answers', async () => {
    const { code, output } = await answered('[[1]]\n', ['--model', 'Vague']);
    expect(rowsIn(output)).toEqual([[[1]]]);
    expect(code).toBe(0);
  });

  test('says where a model does not compile', async () => {
    const { code, text } = await answered('[[1]]\n', ['--model', 'Wrong']);
    expect(text).toMatch(/models\/Wrong\.ts:1:/);
    expect(code).toBe(2);
  });
});
