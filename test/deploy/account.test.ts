import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HAS_MOTO, type Moto, openMoto } from '../support/moto.ts';
import { removeFolders } from '../support/project.ts';
import { copyWithZip, serverless } from '../support/stack.ts';

let moto: Moto;

beforeAll(async () => {
  if (HAS_MOTO) {
    moto = await openMoto();
  }
}, 60_000);

afterAll(async () => {
  await moto?.close();
  removeFolders();
}, 60_000);

/** A copy of the project with commands for one stage in the emulated account. */
function openStage(stage: string, environment: Record<string, string> = {}) {
  const project = copyWithZip();
  const name = `seldon-lambda-iris-${stage}`;
  return {
    project,
    table: `${name}-state`,
    run: (command: readonly string[], ...parameters: string[]) =>
      serverless(project, [...command, '--stage', stage], ['localUrls=true', ...parameters], {
        ...moto.environment,
        ...environment,
      }),
    hasTable: async () =>
      (await moto.ask('dynamodb', '/', 'DescribeTable', { TableName: `${name}-state` })).status === 200,
    functionOf: async (key: string) =>
      (await moto.ask('lambda', `/2015-03-31/functions/${name}-${key}`)).json.Configuration,
  };
}

const DONE = expect.objectContaining({ code: 0 });

describe.skipIf(!HAS_MOTO)(
  `an account of AWS, emulated by moto${HAS_MOTO ? '' : ', which is not installed,'}`,
  { timeout: 180_000 },
  () => {
    test.concurrent.each([
      ['http', 'iam'],
      ['rest', 'apikey'],
    ])('takes a %s API with auth=%s, then the code of one function, and lets it go', async (api, auth) => {
      const stage = openStage(api);
      const parameters = [`api=${api}`, `auth=${auth}`];
      if (api === 'rest') {
        // In two steps, the second of which needs nothing but the folder of the first.
        expect(await stage.run(['package', '--package', 'out/made'], ...parameters)).toEqual(DONE);
        rmSync(join(stage.project, 'dist'), { recursive: true });
        expect(await stage.run(['deploy', '--package', 'out/made'], ...parameters)).toEqual(DONE);
        mkdirSync(join(stage.project, 'dist'));
      } else {
        expect(await stage.run(['deploy'], ...parameters)).toEqual(DONE);
      }
      const before = await stage.functionOf('predict');
      expect(before.Environment.Variables).toMatchObject({ STATE_URL: `dynamodb://${stage.table}` });
      writeFileSync(join(stage.project, 'dist/model.zip'), 'another zip');
      const updated = await stage.run(['deploy', 'function', '-f', 'predict'], ...parameters);
      expect(updated).toEqual(DONE);
      const after = await stage.functionOf('predict');
      expect(after.CodeSha256).not.toBe(before.CodeSha256);
      expect({ ...after, Environment: after.Environment.Variables }).toMatchObject({
        Role: before.Role,
        MemorySize: before.MemorySize,
        Environment: before.Environment.Variables,
      });
      const removed = await stage.run(['remove'], ...parameters);
      expect(removed).toEqual(DONE);
      // It says what it leaves.
      expect(removed.text).toContain(
        `\n  aws dynamodb delete-table --table-name ${stage.table} --region us-east-1\n`,
      );
      expect(removed.text).toMatch(/\n {2}aws sqs delete-queue --queue-url http\S+FailedCalls\S+ --region/);
      expect(await stage.hasTable()).toBe(true);
    });

    test('keeps the table of a removed stack for the next one', async () => {
      const stage = openStage('http');
      expect(await stage.hasTable()).toBe(true);
      const refused = await stage.run(['deploy']);
      expect(refused.text).toContain(
        `the table ${stage.table} exists already, and is not part of this stack`,
      );
      expect(refused.text).toContain('Add --param stateTable=existing to use it');
      expect(refused.code).toBe(1);
      expect(await stage.run(['deploy'], 'stateTable=existing')).toEqual(DONE);
      expect((await stage.functionOf('predict')).Environment.Variables.STATE_URL).toBe(
        `dynamodb://${stage.table}`,
      );
    });

    test('refuses to replace the model of a stack by another, unless it is named', async () => {
      const stage = openStage('http', { MODEL_NAME: 'MeanCombiner', SERVICE_NAME: 'seldon-lambda-iris' });
      const { code, text } = await stage.run(['deploy'], 'stateTable=existing');
      expect(text).toContain(
        'the stack seldon-lambda-iris-http serves the model Iris, which MeanCombiner would replace',
      );
      expect(text).toContain('add --param replaces=Iris');
      expect(code).toBe(1);
      const one = await stage.run(['deploy', 'function', '-f', 'predict']);
      expect(one.text).toContain(
        'the deployed function serves the model Iris, and MODEL_NAME is MeanCombiner',
      );
      expect(one.code).toBe(1);
      expect(await stage.run(['deploy'], 'stateTable=existing', 'replaces=Iris')).toEqual(DONE);
      expect((await stage.functionOf('predict')).Environment.Variables.MODEL_NAME).toBe('MeanCombiner');
    });

    test('refuses stateTable=existing without a table', async () => {
      const stage = openStage('none');
      const { code, text } = await stage.run(['deploy'], 'stateTable=existing');
      expect(text).toContain(
        `parameter stateTable is existing, but there is no table ${stage.table} in us-east-1; expected own`,
      );
      expect(code).toBe(1);
    });
  },
);
