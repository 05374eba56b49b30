import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { batch, batchFiles, type InferLine, linesOf, sorted } from '../../support/batch-run.ts';
import { deploy } from '../../support/functions.ts';
import { closeHosts, host, hostOf, hostOfFunctions, type Received } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(() => {
  closeHosts();
  removeFolders();
});

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const QUIET = { SELDON_LOG_LEVEL: 'CRITICAL' };
const IRIS = { ...QUIET, MODEL_NAME: 'Iris', MODEL_DIR: folder('../models') };
const FLOWERS = [
  [5.1, 3.5, 1.4, 0.2],
  [7, 3.2, 4.7, 1.4],
  [6.3, 3.3, 6, 2.5],
];
const LINES = FLOWERS.map((flower) => `${JSON.stringify([flower])}\n`).join('');

const inferred = (received: readonly Received[]) => received.filter(({ path }) => path.endsWith('/infer'));
/** The JSON of a request, before which there are no bytes. */
const jsonOf = ({ headers, bytes }: Received) => {
  const length = Number(headers['inference-header-content-length'] ?? bytes.length);
  return JSON.parse(Buffer.from(bytes).toString('utf8', 0, length));
};

describe('a served model', () => {
  test.each([
    ['as JSON', []],
    ['as bytes', ['--binary']],
  ])('is asked with tensors %s, and its outputs are split by rows', async (_how, more) => {
    const { url, received } = await hostOfFunctions(deploy(IRIS));
    const { input, output } = batchFiles(LINES);
    const args = ['--url', url, '--protocol', 'v2', '--batch-size', '2', '-u', 'b', ...more];
    const { code, text } = await batch([input, output, ...args]);
    expect(text).toMatch(/^done: 3 of 3 lines were answered$/m);
    expect(code).toBe(0);
    const lines = sorted(linesOf<InferLine>(output));
    const probabilities = lines.map(({ outputs }) => outputs?.[0]?.data as number[]);
    const classes = probabilities.map((row) => row.indexOf(Math.max(...row)));
    expect(classes).toEqual([0, 1, 2]);
    expect(lines[1]).toMatchObject({
      model_name: 'iris',
      model_version: '1.0.0',
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      parameters: { model: 'iris', batch_id: 'b', batch_index: 1, batch_instance_id: lines[1]?.id },
      outputs: [{ name: 'output-0', datatype: 'FP64', shape: [1, 3], data: expect.any(Array) }],
    });
    const sent = inferred(received).map(jsonOf);
    expect(sent.map(({ inputs }) => inputs[0].shape)).toEqual([
      [2, 4],
      [1, 4],
    ]);
    expect(sent[0].inputs[0]).toMatchObject({ name: 'input-0', datatype: 'FP64' });
    expect(inferred(received)[0]?.path).toBe('/v2/models/iris/infer');
  });

  test('gives the same numbers in JSON and in bytes', async () => {
    const { url } = await hostOfFunctions(deploy(IRIS));
    const answers = [];
    for (const more of [[], ['--binary']]) {
      const { input, output } = batchFiles(LINES);
      await batch([input, output, '--url', `${url}/v2/models/iris`, '--protocol', 'v2', '-u', 'b', ...more]);
      answers.push(sorted(linesOf<InferLine>(output)));
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toHaveLength(3);
  });

  test.each([[[]], [['--binary']]])('has a line that it refuses fail alone %s', async (more) => {
    const { url } = await hostOfFunctions(deploy(IRIS));
    const { input, output } = batchFiles(`${LINES}[[1,2]]\n[[1,"a",2,3]]\n[["a","b","c","d"]]\n${LINES}`);
    const args = ['--url', url, '--protocol', 'v2', '--batch-size', '10', '-u', 'b', ...more];
    const { code } = await batch([input, output, ...args]);
    expect(code).toBe(1);
    const lines = sorted(linesOf<InferLine>(output));
    expect(lines.map(({ outputs }) => outputs !== undefined)).toEqual(
      [1, 1, 1, 0, 0, 0, 1, 1, 1].map(Boolean),
    );
    expect(lines[3]?.error).toMatch(/^400 MICROSERVICE_BAD_DATA: /);
    expect(Object.keys(lines[3] ?? {})).toEqual(['error', 'parameters']);
    const again = await batch([input, output, ...args, '--resume', '--retry-failed']);
    expect(again.text).toMatch(/^done, with FAILURES: 0 of 3 lines were answered, 3 failed \(6 before/m);
  });

  const seen = async (contents: string, name: string, environment: object, ...args: readonly string[]) => {
    const model = {
      ...QUIET,
      MODEL_NAME: 'Seen',
      MODEL_DIR: folder('models/open-inference'),
      ...environment,
    };
    const { url, received } = await hostOfFunctions(deploy(model));
    const { input, output } = batchFiles(contents, name);
    const { code, text } = await batch([input, output, '--url', url, '--protocol', 'v2', ...args]);
    const [line] = sorted(linesOf<InferLine>(output));
    const found = JSON.parse(String(line?.outputs?.[0]?.data[0] ?? '{}'));
    return { code, text, line, X: found.X, names: found.names, sent: inferred(received).map(jsonOf) };
  };

  test.each([[[]], [['--binary']]])('gets the columns of a table by name %s', async (more) => {
    const table = 'age,city,member\n41,Bern,true\n30,Łódź,false\n';
    const { X, names, sent, code } = await seen(table, 'in.csv', {}, ...more, '--batch-size', '2');
    expect(names).toEqual(['age', 'city', 'member']);
    // Its one text for two rows cannot be split, and lines are sent alone then.
    expect(X.elements).toEqual([41, 'Bern', true]);
    expect(sent[0].parameters).toMatchObject({ content_type: 'pd' });
    expect(sent[0].inputs.map(({ datatype, shape }: Record<string, unknown>) => [datatype, shape])).toEqual([
      ['FP64', [2, 1]],
      ['BYTES', [2, 1]],
      ['BOOL', [2, 1]],
    ]);
    expect(code).toBe(0);
  });

  test('gets the columns with the datatypes that its metadata have', async () => {
    const inputs = [
      { name: 'age', datatype: 'INT32', shape: [-1] },
      { name: 'city', datatype: 'BYTES', shape: [-1] },
    ];
    const MODEL_METADATA = JSON.stringify({ name: 'seen', inputs });
    const { X, names, sent } = await seen('city,age\nBern,41\n', 'in.csv', { MODEL_METADATA });
    expect(names).toEqual(['age', 'city']);
    expect(X).toMatchObject({ age: { elements: [41] }, city: { elements: ['Bern'] } });
    expect(sent[0].parameters).toBeUndefined();
    expect(sent[0].inputs.map(({ datatype, shape }: Record<string, unknown>) => [datatype, shape])).toEqual([
      ['INT32', [1]],
      ['BYTES', [1]],
    ]);
  });

  test.each([
    ['str', 'plain "text"', { dtype: 'string', shape: [1], elements: ['plain "text"'] }],
    ['json', '{"a":[1]}', { dtype: 'object', shape: [1], elements: [{ a: [1] }] }],
    ['data', '[[[1,2],[3,4]]]', { dtype: 'float64', shape: [1, 2, 2], elements: [1, 2, 3, 4] }],
    ['data', '[[true,false]]', { dtype: 'bool', shape: [1, 2], elements: [true, false] }],
    [
      'raw',
      '{"inputs":[{"name":"x","shape":[1,2],"datatype":"INT64","data":[[9007199254740993,-1]]}]}',
      { dtype: 'int64', shape: [1, 2], elements: ['9007199254740993n', '-1n'] },
    ],
  ])('gets --data-type %s: %s', async (type, line, X) => {
    for (const more of [[], ['--binary']]) {
      const MODEL_METADATA = '{"name":"seen","inputs":[]}';
      const found = await seen(`${line}\n`, 'in.jsonl', { MODEL_METADATA }, '-a', type, ...more);
      expect(found.X).toEqual(X);
      expect(found.code).toBe(0);
    }
  });

  test('gets raw requests together when they have the same form, and with their own ids when not', async () => {
    const { url, received } = await hostOfFunctions(
      deploy({ ...QUIET, MODEL_NAME: 'Echo', MODEL_DIR: folder('models/open-inference') }),
    );
    const tensor = (data: readonly number[]) =>
      `{"name":"x","shape":[1,${data.length}],"datatype":"FP32","data":[${data}]}`;
    const { input, output } = batchFiles(
      [
        `{"inputs":[${tensor([0.1, 2])}]}`,
        `{"inputs":[${tensor([3, 4])}]}`,
        `{"id":"own","inputs":[${tensor([5, 6])}]}`,
        `{"inputs":[${tensor([7])}]}`,
        '{"inputs":[]}',
        '{"instances":[[1]]}',
      ].join('\n'),
    );
    const args = ['--url', url, '--protocol', 'v2', '-a', 'raw', '-s', '10', '-w', '1'];
    expect((await batch([input, output, ...args])).code).toBe(1);
    const lines = sorted(linesOf<InferLine>(output));
    expect(lines.map(({ outputs }) => outputs?.[0]?.data)).toEqual([
      ...[[0.1, 2], [3, 4], [5, 6], [7]],
      ...[undefined, undefined],
    ]);
    expect(lines[2]?.id).toBe('own');
    const shapes = inferred(received)
      .map(jsonOf)
      .map(({ inputs }) => inputs[0]?.shape);
    expect(shapes).toContainEqual([2, 2]);
  });
});

describe('another host', () => {
  const answer = (outputs: unknown) => ({ model_name: 'm', outputs });

  test('whose model is found in its index, and named in words when there are several', async () => {
    const models = ['a'];
    const { url, received } = await host(({ method, path }, response) => {
      if (path === '/v2/repository/index' && method === 'POST') {
        response.end(JSON.stringify(models.map((name) => ({ name, version: '1', state: 'READY' }))));
      } else if (path === '/v2/models/a/infer') {
        const outputs = [{ name: 'y', shape: [1], datatype: 'FP32', data: [1.5] }];
        response.end(JSON.stringify(answer(outputs)));
      } else {
        response.writeHead(404).end('{"error":"no"}');
      }
    });
    const { input, output } = batchFiles('[[1]]\n');
    expect((await batch([input, output, '--url', url, '--protocol', 'v2'])).code).toBe(0);
    expect(inferred(received).map(jsonOf)[0].inputs).toEqual([
      { name: 'input-0', shape: [1, 1], datatype: 'FP64', data: [1] },
    ]);
    models.push('b');
    const second = await batch([input, `${output}2`, '--url', url, '--protocol', 'v2']);
    expect(second).toEqual({
      code: 2,
      text: `${url} has the models a, b; expected --url with one, as ${url}/v2/models/a\n`,
    });
  });

  test('whose outputs are nested or flat, and whose numbers keep their digits', async () => {
    const { url } = await host(({ method }, response) =>
      method === 'GET'
        ? response.writeHead(404).end()
        : response.end(
            '{"outputs":[{"name":"a","datatype":"FP64","shape":[2,2],"data":[1.50,2,3,4e0]},' +
              '{"name":"b","datatype":"INT64","shape":[2,2],"data":[[9007199254740993,2],[3,4]]}]}',
          ),
    );
    const { input, output } = batchFiles('[[1]]\n[[2]]\n');
    const args = ['--url', url, '--protocol', 'v2', '--path', '/v2/models/m/infer', '--batch-size', '2'];
    expect((await batch([input, output, ...args])).code).toBe(0);
    const [first, second] = readFileSync(output, 'utf8').split('\n');
    expect(first).toContain('"shape":[1,2],"data":[1.50,2]');
    expect(first).toContain('"shape":[1,2],"data":[[9007199254740993,2]]');
    expect(second).toContain('"shape":[1,2],"data":[3,4e0]');
  });

  test('is sent lists that are nested deep, each list looked at once', async () => {
    const { url, received } = await hostOf({ models: ['m'] });
    const depth = 32;
    const { input, output } = batchFiles(`${'['.repeat(depth)}1${']'.repeat(depth)}\n[[[1],[2]],[[3]]]\n`);
    await batch([input, output, '--url', url, '--protocol', 'v2']);
    const sent = inferred(received).map((each) => jsonOf(each).inputs[0].shape);
    expect(sent).toEqual([Array.from({ length: depth }, () => 1)]);
    expect(readFileSync(output, 'utf8')).toContain('expected nested lists of equal length');
  });

  test('whose model has several inputs, for lines that are lists', async () => {
    const inputs = ['a', 'b'].map((name) => ({ name, datatype: 'FP32', shape: [-1, 1] }));
    const { url } = await hostOf({ models: ['m'], inputs });
    const { input, output } = batchFiles('[[1]]\n');
    const { code, text } = await batch([input, output, '--url', url, '--protocol', 'v2']);
    expect(text).toBe(
      '--data-type data: the model takes the tensors a, b; expected --data-type raw, or a table with these columns\n',
    );
    expect(code).toBe(2);
  });

  test.each([
    ['no outputs', '{"a":1}', 'the answer is not one of infer, with outputs in JSON'],
    ['no JSON', 'x', 'the answer is not a message in JSON'],
    [
      'an output without data',
      '{"outputs":[{"name":"a","shape":[1],"datatype":"FP32"}]}',
      'output a: expected data, or bytes behind the JSON',
    ],
    [
      'an output of another kind',
      '{"outputs":[{"name":"a","shape":[1],"datatype":"REAL","data":[1]}]}',
      'outputs[0]: expected an object {name, shape, datatype, data}',
    ],
  ])('that answers %s', async (_what, body, error) => {
    const { url } = await host((_request, response) => response.end(body));
    const { input, output } = batchFiles('[[1]]\n');
    const { code } = await batch([input, output, '--url', `${url}/v2/models/m`, '--protocol', 'v2']);
    expect([code, linesOf<InferLine>(output)[0]]).toMatchObject([1, { error }]);
  });
});

test.each([
  [['--protocol', 'v3'], '--protocol: expected one of seldon, v2, got "v3"'],
  [['--binary'], '--binary: it is for --protocol v2'],
  [
    ['--protocol', 'v2', '-p', 'ndarray'],
    '--payload-type: it has no meaning with --protocol v2, where all arrays are tensors',
  ],
  [
    ['--protocol', 'v2', '-m', 'feedback', '-a', 'raw'],
    '--method feedback: expected predict with --protocol v2, which has no feedback',
  ],
])('%s is refused in words', async (args, message) => {
  const { input, output } = batchFiles('[[1]]\n');
  const { code, text } = await batch([input, output, '--url', 'http://127.0.0.1:9', ...args]);
  expect({ code, text }).toEqual({ code: 2, text: `${message}\n` });
});
