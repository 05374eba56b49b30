import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stateMachineOf } from '../../../src/deploy/stack/state-machine.ts';
import { type BatchFunction, openBatchFunction } from '../../support/batch/batch-function.ts';
import type { World } from '../../support/batch/states.ts';
import { type FakeStepFunctions, openFakeStepFunctions } from '../../support/batch/step-functions.ts';
import { batch, batchFiles, indexOf, linesOf, startBatch } from '../../support/batch-run.ts';
import { removeFolders } from '../../support/project.ts';
import { AWS_CREDENTIALS } from '../../support/stores/aws-settings.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:iris-batch';
const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:seldon-lambda-iris-dev-batch';

// The real function, with a real S3 of the tests; Step Functions is a fake.
let records: BatchFunction;
let states: FakeStepFunctions;
/** Throws where the function is to fail. */
let trouble: (firstItem: number) => void | Promise<void>;

beforeAll(async () => {
  records = await openBatchFunction();
});

beforeEach(async () => {
  records.deploy({ BATCH_OUTPUT_URL: 's3://states/out', SELDON_LOG_LEVEL: 'CRITICAL' });
  records.s3.objects.clear();
  trouble = () => {};
  const world: World = {
    async invoke(_name, payload) {
      await trouble((payload as { Items: { index: number }[] }).Items[0]?.index ?? 0);
      return records.invoke(payload, { getRemainingTimeInMillis: () => 60_000 });
    },
    read: (bucket, key) => String(records.s3.objects.get(`${bucket}/${key}`)),
    write: (bucket, key, text) => void records.s3.objects.set(`${bucket}/${key}`, Buffer.from(text)),
  };
  states = await openFakeStepFunctions(stateMachineOf(FUNCTION, 300), MACHINE, world);
});

afterEach(() => states.close());

afterAll(async () => {
  removeFolders();
  await records.close();
});

const environment = () => ({
  AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: states.url,
  AWS_ENDPOINT_URL_S3: records.s3.url,
});

const put = (lines: readonly unknown[]) =>
  records.s3.objects.set(
    'states/in/data.jsonl',
    Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
  );
const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ strData: `a ${index}` }));
const run = (...args: readonly string[]) => batch(['--distributed', ...args], environment());
const PATHS = ['s3://states/in/data.jsonl', 's3://states/out/run1'];
const fail = (name: string) => Object.assign(new Error('as the test wants it'), { name });

describe('--distributed', { timeout: 120_000 }, () => {
  test('starts the state machine of a stack, follows it, and merges the answers in order', async () => {
    put(rows(1200));
    const { output } = batchFiles('');
    const args = ['--stack', 'stack', '--batch-id', 'night', '--merge', output, '--batch-size', '100'];
    const { code, text } = await run(...PATHS, ...args, '--workers', '7');
    expect(text).toMatch(/^done: 1200 of 1200 items were answered\n/);
    expect(text).toContain(`\n1200 answers in ${output}\nbatch night\n`);
    expect(code).toBe(0);
    const lines = linesOf(output);
    expect(lines.map(indexOf)).toEqual(rows(1200).map((_, index) => index));
    expect(lines[1199]).toMatchObject({ strData: 'a 1199', meta: { tags: { batch_id: 'night' } } });
    const [execution] = [...states.executions.values()];
    expect(JSON.parse(execution?.input ?? '')).toEqual({
      format: 'jsonl',
      input: { bucket: 'states', key: 'in/data.jsonl' },
      output: { bucket: 'states', prefix: 'out/run1', results: 'out/run1/_results' },
      maxConcurrency: 7,
      maxItemsPerBatch: 100,
      toleratedFailurePercentage: 0,
    });
    expect(states.operations[0]).toBe('DescribeStacks');
  });

  test('counts the items that have no answer, and says so by its exit code', async () => {
    put([{ strData: 'a' }, { strData: '422' }, { strData: 'b' }]);
    const { code, text } = await run(...PATHS, '--state-machine', MACHINE, '--json');
    const report = JSON.parse(text.split('\n').filter((line) => line.startsWith('{"passed"'))[0] ?? '{}');
    expect(report).toMatchObject({
      ...{ passed: false, status: 'SUCCEEDED', rows: 3, answered: 2, failed: 1, withoutLine: 0 },
      ...{ machine: MACHINE, folder: 's3://states/out/run1' },
      batchId: expect.stringMatching(/^batch-[\da-f-]{36}$/),
    });
    expect(code).toBe(1);
    const second = ['s3://states/in/data.jsonl', 's3://states/out/run2', '--state-machine', MACHINE];
    expect((await run(...second, '--max-failures', '0')).code).toBe(3);
  });

  test('runs the batches again that have failed, and no other', async () => {
    put(rows(300));
    trouble = (first) => {
      if (first === 100) {
        throw fail('MICROSERVICE_BAD_PARAMETER');
      }
    };
    const { output } = batchFiles('');
    const of = ['--state-machine', MACHINE, '--batch-id', 'run1'];
    const failed = await run(...PATHS, ...of, '--batch-size', '100');
    expect(failed.text).toMatch(/^FAILED: 200 of 300 items were answered$/m);
    expect(failed.text).toMatch(/^100 have no line, because their batch has failed for good: --redrive/m);
    expect(failed.text).toMatch(/^States\.ExceedToleratedFailureThreshold: /m);
    expect(failed.code).toBe(1);
    const called: number[] = [];
    trouble = (first) => void called.push(first);
    const { code, text } = await run(...of, '--redrive', '--merge', output);
    expect(text).toMatch(/^done: 300 of 300 items were answered$/m);
    expect(code).toBe(0);
    expect(called).toEqual([100]);
    expect(linesOf(output).map(indexOf)).toEqual(rows(300).map((_, index) => index));
    const again = await run(...of, '--redrive');
    expect(again.text).toMatch(/^states RedriveExecution .*ExecutionNotRedrivable: the fake says so$/m);
    expect(again.code).toBe(2);
  });

  test('ends the run when more items have failed for good than --max-failures', async () => {
    put(rows(400));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    trouble = async (first) => {
      if (first === 0) {
        throw fail('MICROSERVICE_BAD_PARAMETER');
      }
      await held;
    };
    states.trouble = (operation) => {
      if (operation === 'AWSStepFunctions.StopExecution') {
        release();
      }
      return undefined;
    };
    const args = ['--state-machine', MACHINE, '--max-failures', '50', '-w', '1', '-s', '100'];
    const { code, text } = await run(...PATHS, ...args, '--tolerate', '90');
    expect(text).toMatch(/^ABORTED: /m);
    expect(code).toBe(3);
  });

  test('leaves a run alone at Ctrl-C, and follows it again with --resume', async () => {
    put(rows(20));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    trouble = () => held;
    const of = ['--state-machine', MACHINE, '--batch-id', 'run1'];
    const running = startBatch(['--distributed', ...PATHS, ...of], 'ignore', environment());
    states.trouble = (operation, count) => {
      if (operation === 'AWSStepFunctions.DescribeMapRun' && count === 2) {
        running.process.kill('SIGINT');
      }
      return undefined;
    };
    expect(await running.ended).toBe(130);
    expect(running.text()).toMatch(/^batch run1: --resume --batch-id run1 follows it again$/m);
    expect(states.executions.size).toBe(1);
    release();
    const { code, text } = await run(...of, '--resume');
    expect(text).toMatch(/^done: 20 of 20 items were answered$/m);
    expect(code).toBe(0);
  });

  test('goes on when Step Functions throttles', async () => {
    put(rows(5));
    states.trouble = (operation, count) =>
      count === 1 && operation.startsWith('AWSStepFunctions')
        ? { status: 400, code: 'ThrottlingException' }
        : undefined;
    expect((await run(...PATHS, '--state-machine', MACHINE)).code).toBe(0);
  });

  test('finds the state machine of one of several models', async () => {
    put(rows(3));
    states.outputs = { FraudBatchRunsArn: 'arn:other', IrisBatchRunsArn: MACHINE, BatchUrl: 'x' };
    const several = await run(...PATHS, '--stack', 'stack');
    expect(several).toEqual({
      code: 2,
      text: 'the stack stack has a state machine for each of Fraud, Iris: name one by --model\n',
    });
    expect((await run(...PATHS, '--stack', 'stack', '--model', 'Iris')).code).toBe(0);
    states.outputs = {};
    expect(await run(...PATHS, '--stack', 'stack')).toEqual({
      code: 2,
      text: 'the stack stack has no state machine: deploy it with --param batch=true\n',
    });
    const none = await run(...PATHS, '--stack', 'none');
    expect(none.text).toMatch(/ValidationError: Stack with id none does not exist/);
    expect(none.code).toBe(2);
  });

  test('refuses to follow a run that somebody else has started with an input of its own', async () => {
    states.executions.set(`${MACHINE.replace(':stateMachine:', ':execution:')}:other`, {
      status: 'SUCCEEDED',
      input: '{"mine":true}',
    } as never);
    expect(await run('--state-machine', MACHINE, '--batch-id', 'other', '--resume')).toEqual({
      code: 2,
      text: '--batch-id: the run other was not started by this command: its input has no output\n',
    });
  });

  test('refuses a folder that has parts, a name that is taken, and a file that is there', async () => {
    put(rows(3));
    const of = ['--state-machine', MACHINE, '--batch-id', 'run1'];
    expect((await run(...PATHS, ...of)).code).toBe(0);
    expect(await run(...PATHS, ...of)).toEqual({
      code: 2,
      text: 's3://states/out/run1 has parts of a run already; expected another folder, or --resume with --batch-id\n',
    });
    const taken = await run('s3://states/in/data.jsonl', 's3://states/out/run2', ...of);
    expect(taken.text).toMatch(/ExecutionAlreadyExists: the fake says so/);
    const { input } = batchFiles('x');
    const merged = await run(...of, '--resume', '--merge', input);
    expect(merged.text).toBe(`${input} is there already: --overwrite replaces it\n`);
    expect(readFileSync(input, 'utf8')).toBe('x');
    expect((await run(...of, '--resume', '--merge', input, '--overwrite')).code).toBe(0);
    expect(linesOf(input)).toHaveLength(3);
  });

  test.each([
    [[...PATHS], '--distributed: expected --stack or --state-machine, which say who answers'],
    [['in.jsonl', 'out', '--stack', 'stack'], 'in.jsonl: expected s3://bucket/key'],
    [
      ['--stack', 'stack'],
      '--distributed: expected an input and an output, as s3://bucket/in.jsonl s3://bucket/out',
    ],
    [
      [...PATHS, '--stack', 'stack', '--url', 'http://a'],
      '--url: it has no meaning with --distributed: the stack calls its own model',
    ],
    [[...PATHS, '--stack', 'stack', '--overwrite'], '--overwrite: with --distributed, it is for --merge'],
    [
      [...PATHS, '--state-machine', MACHINE, '--format', 'inventory', '--merge', '/none/all.jsonl'],
      '--merge: the answers to each file of an inventory are in a folder of s3://states/out/run1/files',
    ],
    [['--stack', 'stack', '--redrive'], '--redrive: expected --batch-id, the name of the run'],
    [
      [...PATHS, '--stack', 'stack', '--resume', '--batch-id', 'run1'],
      '--resume and --redrive: expected no input and output, which the run has already',
    ],
    [
      ['--stack', 'stack', '--redrive', '--batch-id', 'run1', '--workers', '3'],
      '--workers: it was decided when the run was started',
    ],
    [
      [...PATHS, '--stack', 'stack', '-u', 'a b'],
      '--batch-id: expected up to 80 letters, digits, dots, hyphens and underscores',
    ],
    [
      [...PATHS, '--stack', 'stack', '--format', 'parquet'],
      '--format: expected one of jsonl, json, csv, inventory with --distributed, got "parquet"',
    ],
    [
      [...PATHS, '--state-machine', 'batch'],
      '--state-machine: expected an ARN as arn:aws:states:eu-west-1:123456789012:stateMachine:name, got "batch"',
    ],
  ])('%s is refused in words', async (args, message) => {
    expect(await run(...args)).toEqual({ code: 2, text: `${message}\n` });
    expect(states.executions.size).toBe(0);
  });
});
