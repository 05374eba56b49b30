import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../src/testing/index.ts';
import { column, ONE_TO_ONE } from '../support/contract-columns.ts';
import { contract, startContract } from '../support/contract-run.ts';
import { freePorts } from '../support/free-ports.ts';
import { deploy } from '../support/functions.ts';
import { closeHosts, host, hostOf, hostOfFunctions, hostOfModel } from '../support/hosts.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

const folder = temporaryFolder();
const IRIS = 'models/Iris.contract.json';

afterAll(() => {
  closeHosts();
  removeFolders();
});

let files = 0;

/** A contract in a file of its own. */
function file(contract: unknown): string {
  const path = join(folder, `${files++}.contract.json`);
  writeFileSync(path, typeof contract === 'string' ? contract : JSON.stringify(contract));
  return path;
}

interface Report {
  readonly passed: boolean;
  readonly seed: number;
  readonly sent: number;
  readonly failed: number;
  readonly latencyMs: Record<string, number>;
  readonly failures: {
    readonly check: string;
    readonly expected: string;
    readonly got: string;
    readonly count: number;
    readonly request?: { readonly data: { readonly ndarray: number[][] } };
    readonly answer?: { readonly status: number; readonly body: string };
  }[];
}

async function report(...args: readonly string[]): Promise<Report & { code: number | string }> {
  const { code, text } = await contract(...args, '--json');
  return { ...(JSON.parse(text) as Report), code };
}

describe('a model that is served', () => {
  let iris: string;
  let broken: string;

  beforeAll(async () => {
    const models = temporaryFolder();
    writeFileSync(join(models, 'Broken.ts'), BROKEN);
    iris = (await hostOfModel(serve(new URL('../../models/Iris.ts', import.meta.url)))).url;
    broken = (await hostOfModel(serve(join(models, 'Broken.ts')))).url;
  });

  test.each([
    ['as lists', []],
    ['as tensors of 8 rows', ['--batch', '8', '--tensor']],
    ['as form fields', ['--form', '-b', '2']],
    ['with feedback', ['--endpoint', 'send-feedback']],
  ])('passes when it keeps its contract, asked %s', async (_how, args) => {
    const { code, text } = await contract(IRIS, iris, '-n', '20', ...args);
    expect(text).toMatch(/^passed: 20 of 20 requests/m);
    expect(text).toMatch(/^latency in ms: p50 [\d.]+, p90 [\d.]+, p99 [\d.]+, max [\d.]+$/m);
    expect(code).toBe(0);
  });

  test('fails when it breaks its contract, and the report has the smallest request that does', async () => {
    const { code, text } = await contract(IRIS, broken, '--batch', '8', '-n', '50', '--seed', '7');
    expect(text).toContain(
      'FAILED targets[1] versicolor: expected a number from 0 up to 1 in column 1, got 1.5 in row 0\n',
    );
    expect(text).toMatch(/^ {2}in \d+ of 50 requests; the smallest that was found:$/m);
    const [, curl = ''] = /-d '(.*)'$/m.exec(text) ?? [];
    expect(JSON.parse(curl)).toMatchObject({ data: { ndarray: [[4, 2, 5.001, 0]] } });
    expect(text).toMatch(/^ {2}answer: 200 \{"data".*\[\[0,1\.5,0\]\]/m);
    expect(text).toMatch(/^FAILED: \d+ of 50 requests/m);
    expect(text).toMatch(/--seed 7$/m);
    expect(code).toBe(1);
  });
});

const BROKEN = `
import type { NdArray } from 'seldon-lambda';

/** Its probabilities are wrong for long petals. */
export class Broken {
  predict(X: NdArray) {
    return (X.toNested() as number[][]).map(([, , petal]) => (petal > 5 ? [0, 1.5, 0] : [0, 0.5, 0.5]));
  }

  classNames() {
    return ['setosa', 'versicolor', 'virginica'];
  }
}
`;

describe.concurrent('what is sent', () => {
  const requests = async (contents: unknown, ...args: readonly string[]) => {
    const { url, received } = await hostOf({ data: { names: ['y'], ndarray: [[0]] } });
    await contract(file(contents), url, ...args);
    return received;
  };
  const messages = async (contents: unknown, ...args: readonly string[]) =>
    (await requests(contents, ...args)).map(({ body }) => JSON.parse(body));
  const NO_TARGETS = { features: ONE_TO_ONE.features };

  test('is the same for the same seed, and other for another', async () => {
    const [first, again, other] = await Promise.all(
      ['11', '11', '12'].map((seed) => messages(NO_TARGETS, '-n', '10', '--seed', seed)),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first?.map((message) => JSON.stringify(message))).size).toBeGreaterThan(5);
  });

  test('lies in the range, its ends among it, whole where it is INT, of the values where it has some', async () => {
    const features = [
      column('free', { range: undefined }),
      column('up', { range: [3, 'inf'] }),
      column('down', { range: ['inf', -3] }),
      column('narrow', { range: [1, 1.0001] }),
      column('whole', { dtype: 'INTEGER', range: [-2, 2.5] }),
      column('fixed', { range: [7, 7] }),
      { name: 'colour', ftype: 'categorical', values: ['red', 'green'] },
    ];
    const rows = (await messages({ features }, '-n', '20', '-b', '10')).flatMap(({ data }) => data.ndarray);
    expect(rows).toHaveLength(200);
    const columns = features.map((_feature, index) => rows.map((row) => row[index]));
    const [free, up, down, narrow, whole, fixed, colour] = columns as number[][];
    expect(Math.min(...(free as number[]))).toBeLessThan(0);
    expect(Math.max(...(free as number[]))).toBeGreaterThan(0);
    expect(up?.every((value) => value >= 3)).toBe(true);
    expect(down?.every((value) => value <= -3)).toBe(true);
    expect(narrow?.every((value) => value >= 1 && value <= 1.0001)).toBe(true);
    expect(new Set(narrow).size).toBeGreaterThan(5);
    expect([...new Set(whole)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
    expect(new Set(fixed)).toEqual(new Set([7]));
    expect(new Set<unknown>(colour)).toEqual(new Set(['red', 'green']));
  });

  test('has a column for each repeat and each entry of a shape, named as by the reference', async () => {
    const features = [column('a'), column('b', { repeat: 2 }), column('c', { shape: [2] })];
    const [message] = await messages({ features }, '-n', '1', '-b', '3');
    expect(message.data.names).toEqual(['a', 'b1', 'b2', 'c:0', 'c:1']);
    expect(message.data.ndarray.map((row: number[]) => row.length)).toEqual([5, 5, 5]);
    const [tensor] = await messages({ features }, '-n', '1', '-b', '3', '-t');
    expect(tensor.data.tensor.shape).toEqual([3, 5]);
    expect(tensor.data.tensor.values).toHaveLength(15);
  });

  test('has the axes of a shape', async () => {
    const features = [column('image', { shape: [2, 3, 1] })];
    const [message] = await messages({ features }, '-n', '1', '-b', '2');
    const number = expect.any(Number);
    const image = Array.from({ length: 2 }, () => Array.from({ length: 3 }, () => [number]));
    expect(message.data.ndarray).toEqual([image, image]);
    const [tensor] = await messages({ features }, '-n', '1', '-b', '2', '--tensor');
    expect(tensor.data.tensor.shape).toEqual([2, 2, 3, 1]);
  });

  test('goes to the path of the endpoint below that of the host, with the headers, and as a form where asked', async () => {
    const { url, received } = await hostOf({});
    const header = ['--header', 'x-api-key: se:cret'];
    await contract(file(NO_TARGETS), `${url}/stage/`, '-n', '1', ...header, '--endpoint', 'transform-input');
    await contract(file(NO_TARGETS), url, '-n', '1', '--form', '--seed', '1');
    expect(received[0]).toMatchObject({
      path: '/stage/transform-input',
      headers: { 'x-api-key': 'se:cret', 'content-type': 'application/json' },
    });
    expect(received[1]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const json = new URLSearchParams(received[1]?.body).get('json') as string;
    expect(JSON.parse(json).data.ndarray).toEqual([[expect.any(Number)]]);
  });

  test('is request, response, reward and truth to send-feedback, with the routing of a router', async () => {
    const targets = [{ name: 'branch', ftype: 'categorical', values: [3] }];
    const args = ['-n', '1', '-b', '2', '--endpoint', 'send-feedback', '--unit', 'router'];
    const [feedback] = await messages({ ...ONE_TO_ONE, targets }, ...args);
    expect(feedback).toEqual({
      request: { data: { names: ['x'], ndarray: [[expect.any(Number)], [expect.any(Number)]] } },
      response: { data: { names: ['branch'], ndarray: [[3], [3]] }, meta: { routing: { router: 3 } } },
      reward: expect.any(Number),
      truth: { data: { names: ['branch'], ndarray: [[3], [3]] } },
    });
    expect(feedback.reward).toBeGreaterThanOrEqual(0);
    expect(feedback.reward).toBeLessThanOrEqual(1);
  });

  test('goes to the paths of a graph, where that is asked', async () => {
    const asked = await requests(NO_TARGETS, '-n', '1', '--endpoint', 'predictions');
    const told = await requests(NO_TARGETS, '-n', '1', '--endpoint', 'feedback');
    expect([...asked, ...told].map(({ path }) => path)).toEqual([
      '/api/v1.0/predictions',
      '/api/v1.0/feedback',
    ]);
  });

  test('is a list of messages to aggregate', async () => {
    const [list] = await messages(NO_TARGETS, '-n', '1', '--endpoint', 'aggregate', '--messages', '3');
    const message = { data: { names: ['x'], ndarray: [[expect.any(Number)]] } };
    expect(list).toEqual([message, message, message]);
  });
});

describe.concurrent('an answer is refused', () => {
  const y = (more: object) => ({ features: [column('x')], targets: [column('y', more)] });
  const data = (value: unknown, names: unknown = ['y']) => ({ data: { names, ndarray: value } });

  test.each<[string, unknown, unknown, string[]]>([
    ['out of range', y({}), data([[1.1]]), ['targets[0] y', 'a number from 0 up to 1', '1.1 in row 0']],
    ['below', y({ range: [0, 'inf'] }), data([[-1]]), ['targets[0] y', 'a number from 0', '-1 in row 0']],
    ['no number', y({}), data([['NaN']]), ['targets[0] y', 'a number', '"NaN" in row 0']],
    ['null', y({}), data([[null]]), ['targets[0] y', 'a number', 'null in row 0']],
    ['not whole', y({ dtype: 'INT' }), data([[0.5]]), ['targets[0] y', 'an integer', '0.5 in row 0']],
    [
      'not of the values',
      y({ ftype: 'categorical', range: undefined, values: ['a', 1] }),
      data([['1']]),
      ['targets[0] y', 'one of ["a",1]', '"1" in row 0'],
    ],
    ['of more rows', y({}), data([[0], [0]]), ['rows', '1 rows', '2']],
    ['of no rows', y({}), data([], []), ['rows', '1 rows', '0']],
    ['of more columns', y({}), data([[0, 0]], ['y', 'z']), ['shape', 'shape (1,1)', '(1,2)']],
    ['of more axes', y({}), data([[[0]]]), ['shape', 'shape (1,1)', '(1,1,1)']],
    [
      'of unequal rows',
      y({ repeat: 2 }),
      data([[0, 0], [0], [0, 0, 0]]),
      ['shape', 'equal length', '[[0,0]'],
    ],
    [
      'a tensor that does not fit',
      y({}),
      { data: { tensor: { shape: [1, 1], values: [] } } },
      ['shape', 'fits', ''],
    ],
    ['without names', y({}), { data: { ndarray: [[0]] } }, ['names', '1 names', 'none']],
    ['of another name', y({}), data([[0]], ['t:0']), ['names', 'names[0] "y"', '"t:0"']],
    ['of too few names', y({ repeat: 2 }), data([[0, 0]], ['a']), ['names', '2 names', '["a"]']],
    ['no data', y({}), { strData: 'hi' }, ['shape', 'data', 'strData']],
    ['a failure', y({}), { status: { status: 'FAILURE' } }, ['message', 'no failure', 'FAILURE']],
    ['no object', y({}), 'hi', ['message', 'a message as JSON', 'hi']],
  ])('that is %s', async (_what, contents, message, [check, expected, got]) => {
    const { url } = await hostOf(message);
    const { code, failures, failed } = await report(file(contents), url, '-n', '4');
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      check,
      expected: expect.stringContaining(expected as string),
      got: expect.stringContaining(got as string),
      count: 4,
      request: { data: { ndarray: [[0]] } },
    });
    expect(failed).toBe(4);
    expect(code).toBe(1);
  });

  test.each([
    ['in range up to what float32 loses', y({}), data([[1.0000001]])],
    ['a list of labels', y({}), data([0], [])],
    ['of any name, where the contract numbers it', y({ repeat: 1 }), data([[0]], ['anything'])],
    ['a tensor', y({}), { data: { names: ['y'], tensor: { shape: [1, 1], values: [0] } } }],
    [
      'an image',
      y({ shape: [2, 2] }),
      data(
        [
          [
            [0, 1],
            [1, 0],
          ],
        ],
        ['a', 'b'],
      ),
    ],
    ['whatever it is, without targets', { features: [column('x')] }, { strData: 'hi' }],
  ])('but not one that is %s', async (_what, contents, message) => {
    const { url } = await hostOf(message);
    expect(await report(file(contents), url, '-n', '2')).toMatchObject({
      passed: true,
      failures: [],
      code: 0,
    });
  });

  test.each([
    ['an error', 500, '{"status":{"reason":"OOPS","info":"what"}}', {}, '500: OOPS: what'],
    ['a page', 502, '<html>', {}, '502: "<html>"'],
    ['a redirect', 301, '', { location: 'https://other/' }, '301, which points to https://other/'],
    ['a status of success other than 200', 201, '{}', {}, '201: "{}"'],
  ])('that is %s', async (_what, status, body, headers, got) => {
    const { url } = await host((_request, response) => response.writeHead(status, headers).end(body));
    const { failures, code } = await report(file(ONE_TO_ONE), url, '-n', '2');
    expect(failures).toMatchObject([{ check: `status ${status}`, expected: 'status 200', got, count: 2 }]);
    expect(code).toBe(1);
  });

  test('once for each way of being wrong, the smallest request for each', async () => {
    const { url } = await host(({ body }, response) => {
      const [[value]] = JSON.parse(body).data.ndarray;
      if (value > 0.9) {
        response.writeHead(500);
      }
      response.end(JSON.stringify(data([[value > 0.5 ? 2 : 0]])));
    });
    const { failures } = await report(file(ONE_TO_ONE), url, '--seed', '3');
    const found = failures.map(({ check, request }) => [check, request?.data.ndarray]).sort();
    expect(found).toEqual([
      ['status 500', [[0.901]]],
      ['targets[0] y', [[0.501]]],
    ]);
  });

  test('when all together are too slow', async () => {
    const { url } = await host((_request, response) =>
      setTimeout(() => response.end(JSON.stringify(data([[0]]))), 20),
    );
    expect(await report(file(ONE_TO_ONE), url, '-n', '2', '--p99', '5')).toMatchObject({
      failures: [
        { check: 'latency', expected: 'p99 up to 5 ms', got: expect.stringMatching(/^\d+\.\d ms$/) },
      ],
      failed: 0,
      code: 1,
    });
    expect(await contract(file(ONE_TO_ONE), url, '-n', '2', '--p99', '60000')).toMatchObject({ code: 0 });
  });
});

test('the report shows no value of a header', async () => {
  const { url } = await hostOf({}, 500);
  const { text } = await contract(file(ONE_TO_ONE), url, '-n', '1', '--header', 'x-api-key: secret');
  expect(text).toContain("-H 'x-api-key: ...'");
  expect(text).not.toContain('secret');
});

describe.concurrent('a host', () => {
  test('that is down is one sentence', async () => {
    const [port] = await freePorts(1);
    const { code, text } = await contract(IRIS, `http://127.0.0.1:${port}`);
    expect(text).toBe(
      `http://127.0.0.1:${port}/predict does not answer: the connection is refused (ECONNREFUSED)\n`,
    );
    expect(code).toBe(1);
  });

  test('that is down is a failure for machines, too', async () => {
    const [port] = await freePorts(1);
    expect(await report(IRIS, `http://127.0.0.1:${port}`)).toMatchObject({
      passed: false,
      sent: 1,
      failures: [{ check: 'no answer', got: 'the connection is refused (ECONNREFUSED)' }],
      code: 1,
    });
  });

  test('that goes down is asked no more', async () => {
    const { url } = await host((_request, response, index) =>
      index < 5 ? response.end('{"data":{"names":["y"],"ndarray":[[0]]}}') : response.destroy(),
    );
    const { code, text } = await contract(file(ONE_TO_ONE), url);
    expect(text).toMatch(/^FAILED no answer: expected an answer, got the connection was closed/m);
    expect(text).toContain('92 were not sent: 3 requests in a row were not answered');
    expect(code).toBe(1);
  });

  test('that never answers is waited for as long as asked', async () => {
    const { url } = await host(() => {});
    const { code, text } = await contract(file(ONE_TO_ONE), url, '--timeout', '50');
    expect(text).toBe(`${url}/predict does not answer: nothing came within 50 ms\n`);
    expect(code).toBe(1);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'that is left with %s: what was found so far is reported',
    async (signal) => {
      let tester: ReturnType<typeof startContract> | undefined;
      const { url } = await host((_request, response, index) =>
        index < 3 ? response.end('{"data":{"names":["y"],"ndarray":[[0]]}}') : tester?.process.kill(signal),
      );
      tester = startContract(file(ONE_TO_ONE), url);
      expect(await tester.ended).toBe(130);
      expect(tester.text()).toMatch(/^stopped: 3 of 100 .* 97 were not sent: interrupted$/m);
    },
  );
});

const TWO_BRANCHES = '[{"name":"n_branches","value":"2","type":"INT"}]';

test.each([
  ['Iris', 'predict', '[]', []],
  ['StandardScaler', 'transform-input', '[]', []],
  ['MeanCombiner', 'aggregate', '[]', ['--messages', '3']],
  ['EpsilonGreedy', 'route', TWO_BRANCHES, []],
  ['EpsilonGreedy', 'send-feedback', TWO_BRANCHES, ['--unit', 'router']],
  ['ThompsonSampling', 'route', TWO_BRANCHES, []],
  ['ThompsonSampling', 'send-feedback', TWO_BRANCHES, ['--unit', 'router']],
])('the shipped model %s keeps its contract at /%s', async (model, endpoint, parameters, args) => {
  const functions = deploy({
    MODEL_NAME: model,
    MODEL_DIR: fileURLToPath(new URL('../../models', import.meta.url)),
    PREDICTIVE_UNIT_ID: 'router',
    PREDICTIVE_UNIT_PARAMETERS: parameters,
  });
  const { url, received } = await hostOfFunctions(functions);
  const path = `models/${model}.contract.json`;
  const { text } = await contract(path, url, '--endpoint', endpoint, '-b', '4', '-n', '20', ...args);
  expect(text).toMatch(/^passed: 20 of 20/);
  expect(received).toHaveLength(20);
});
