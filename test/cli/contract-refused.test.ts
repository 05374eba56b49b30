import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { column, ONE_TO_ONE } from '../support/contract-columns.ts';
import { contract, npmRunContract } from '../support/contract-run.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

const folder = temporaryFolder();
const IRIS = 'models/Iris.contract.json';

afterAll(removeFolders);

let files = 0;

/** A contract in a file of its own. */
function file(contract: unknown): string {
  const path = join(folder, `${files++}.contract.json`);
  writeFileSync(path, typeof contract === 'string' ? contract : JSON.stringify(contract));
  return path;
}

describe.concurrent('a contract is refused', () => {
  const feature = (more: object) => ({ features: [column('a'), column('b'), column('c', more)] });

  test.each<[unknown, string]>([
    ['{', 'the contract is not JSON: '],
    [[], 'the contract: expected an object, got []'],
    [{}, 'features: expected a list, got nothing'],
    [{ features: [] }, 'features: expected a list of at least one feature, got []'],
    [{ ...ONE_TO_ONE, target: [] }, 'target: expected one of the keys features, targets'],
    [{ features: [1] }, 'features[0]: expected an object, got 1'],
    [{ features: [column('x')], targets: {} }, 'targets: expected a list, got {}'],
    [feature({ name: undefined }), 'features[2].name: expected a text, got nothing'],
    [feature({ ftype: 'FOO' }), 'features[2].ftype: expected "continuous" or "categorical", got "FOO"'],
    [feature({ dtype: 'DOUBLE' }), 'features[2].dtype: expected "FLOAT", "INT" or "INTEGER", got "DOUBLE"'],
    [
      feature({ range: [1] }),
      'features[2].range: expected [low, high], each a number or "inf" for no bound, got [1]',
    ],
    [feature({ range: ['a', 1] }), 'features[2].range: expected [low, high], each a number or "inf"'],
    [feature({ range: [2, 1] }), 'features[2].range: expected [low, high] with low <= high, got [2,1]'],
    [
      feature({ dtype: 'INT', range: [0.2, 0.8] }),
      'features[2].range: expected a range with an integer in it',
    ],
    [feature({ rnage: [0, 1] }), 'features[2].rnage: expected one of the keys name, ftype, dtype, range'],
    [
      feature({ ftype: 'categorical', range: undefined }),
      'features[2].values: expected a list of at least one text, number or boolean, got nothing',
    ],
    [feature({ repeat: 0 }), 'features[2].repeat: expected an integer of 1 or more, got 0'],
    [feature({ repeat: 1e9 }), 'features: expected at most 250000 columns, got 1000000002'],
    [feature({ shape: [] }), 'features[2].shape: expected a list of at least one length, got []'],
    [feature({ shape: [2, 1.5] }), 'features[2].shape[1]: expected an integer of 1 or more, got 1.5'],
    [feature({ shape: [2, 2] }), 'features[2].shape: expected [n] as in features[0], got [2, 2]'],
  ])('%j', async (contents, sentence) => {
    const path = file(contents);
    const { code, text } = await contract(path, 'http://127.0.0.1:1');
    expect(text).toMatch(/^[^\n]+\n$/);
    expect(text.startsWith(`${path}: ${sentence}`), text).toBe(true);
    expect(code).toBe(2);
  });

  test.each([
    ['is not there', 'nowhere.json', [], 'nowhere.json: there is no such file'],
    ['is a folder', 'models', [], 'models: EISDIR'],
    [
      'has no numbers for a tensor',
      () => file({ features: [{ name: 'c', ftype: 'categorical', values: [1, 'a'] }] }),
      ['--tensor'],
      'features[0].values: expected numbers, because a tensor holds nothing else, got "a"',
    ],
    [
      'has no branch for a router',
      () => file(ONE_TO_ONE),
      ['--endpoint', 'send-feedback', '--unit', 'r'],
      'targets[0]: expected the branch that the router chose, dtype INT or integer values, for --unit',
    ],
  ])('that %s', async (_what, path, args, sentence) => {
    const named = typeof path === 'string' ? path : path();
    const { code, text } = await contract(named, 'http://127.0.0.1:1', ...args);
    expect(text).toContain(sentence);
    expect(code).toBe(2);
  });
});

describe.concurrent('a command line is refused', () => {
  const URL = 'http://127.0.0.1:1';

  test.each([
    [[], 'expected a contract and a URL'],
    [[IRIS], 'expected a contract and a URL'],
    [[IRIS, 'localhost', '9000'], '"9000": expected one contract and one URL'],
    [[IRIS, 'localhost:9000'], '"localhost:9000": expected a URL as http://localhost:9000'],
    [[IRIS, URL, '--endpoint', 'explain'], '--endpoint: expected one of predict, '],
    [[IRIS, URL, '-n', '0'], '-n: expected an integer from 1 to 2147483647, got "0"'],
    [[IRIS, URL, '--batch', '1.5'], '--batch: expected an integer from 1'],
    [[IRIS, URL, '--seed', 'x'], '--seed: expected an integer from 0'],
    [[IRIS, URL, '--p99', 'fast'], '--p99: expected an integer from 1'],
    [[IRIS, URL, '--header', 'nothing'], '--header: expected "name: value", got "nothing"'],
    [[IRIS, URL, '--unit', 'r'], '--unit: expected only with --endpoint send-feedback or feedback'],
    [[IRIS, URL, '--messages', '1001'], '--messages: expected an integer from 1 to 1000, got "1001"'],
    [[IRIS, URL, '-b', '250001'], '--batch: 250001 rows of 4 values are too many; expected at most 1000000'],
    [
      [IRIS, URL, '-b', '200', '--endpoint', 'aggregate', '--messages', '1000', '-b', '251'],
      '--batch: 251 rows of 4000',
    ],
    [[IRIS, URL, '--path', '/x?y=1'], '--path: expected a path as /api/v1.0/predictions, got "/x?y=1"'],
    [[IRIS, URL, '--sigv4'], '--sigv4: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a profile run: '],
    [[IRIS, URL, '--grpc'], "Unknown option '--grpc'"],
  ])('%j', async (args, sentence) => {
    const { code, text } = await contract(...args);
    expect(text.startsWith(sentence), text).toBe(true);
    expect(text).toMatch(/^[^\n]+\n$/);
    expect(code).toBe(2);
  });

  test('and --help says how it goes', async () => {
    expect(await npmRunContract('--help')).toMatchObject({
      code: 0,
      text: expect.stringContaining('--endpoint <name>'),
    });
  });
});
