import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { DATA_FORMATS, stateMachineOf } from '../../../src/deploy/stack/state-machine.ts';
import { type Resource, resourcesOf, serverless, type Template } from '../../support/stack.ts';
import { inTurn, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

const PARAMETERS = ['batch=true', 'batchInput=s3://inputs/in'];
const OUTPUT = { environment: { BATCH_OUTPUT_URL: 's3://answers/out' } };

/** Of asl-validator, which has types for CommonJS only. */
type Validate = (definition: unknown) => { readonly isValid: boolean; readonly errors: readonly unknown[] };
const validate = createRequire(import.meta.url)('asl-validator') as Validate;

describe('the definition', () => {
  const definition = stateMachineOf('arn:aws:lambda:eu-west-1:123456789012:function:iris-batch', 300);

  test('is valid Amazon States Language', () => {
    expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
    const { Format: _, ...others } = definition.States;
    expect(validate({ ...definition, States: others }).isValid).toBe(false);
  });

  test('reads each kind of data', () => {
    const maps = Object.values(definition.States).filter(({ Type }) => Type === 'Map');
    expect(maps).toHaveLength(DATA_FORMATS.length);
  });
});

const subbed = (text: string) => ({ 'Fn::Sub': text });

describe.concurrent('the state machine of a stack', () => {
  test('is there when it is asked for, with the function that it calls', async () => {
    const template = await templateFor(PARAMETERS, OUTPUT);
    const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine');
    expect(machine).toMatchObject({
      StateMachineName: 'seldon-lambda-iris-dev-batch',
      DefinitionSubstitutions: { FunctionArn: { 'Fn::GetAtt': ['BatchLambdaFunction', 'Arn'] } },
    });
    expect(validate(machine?.Definition)).toMatchObject({ isValid: true });
    expect(template.Outputs.BatchRunsArn?.Value).toEqual({ Ref: 'BatchRuns' });
    expect(resourcesOf(template, 'AWS::Lambda::EventSourceMapping')).toEqual([]);
    expect(resourcesOf(await templateFor(), 'AWS::StepFunctions::StateMachine')).toEqual([]);
  });

  test('may read the files, write below the answers, call this function and run its batches', async () => {
    const grants = grantsOf(await templateFor(PARAMETERS, OUTPUT), 'BatchRunsRole');
    const s3 = (...names: string[]) => names.map((name) => subbed(`arn:\${AWS::Partition}:s3:::${name}`));
    const own = (name: string) =>
      subbed(`arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:${name}`);
    const outputs = s3('answers/out', 'answers/out/*');
    expect(grants).toEqual([
      ['lambda:InvokeFunction', { 'Fn::GetAtt': ['BatchLambdaFunction', 'Arn'] }],
      ['states:StartExecution', own('stateMachine:seldon-lambda-iris-dev-batch')],
      ...['DescribeExecution', 'StopExecution', 'RedriveExecution'].map((action) => [
        `states:${action}`,
        own('execution:seldon-lambda-iris-dev-batch/*'),
      ]),
      ['s3:GetObject', s3('inputs/in', 'inputs/in/*')],
      ['s3:ListBucket', s3('inputs')[0]],
      ['s3:GetObject', outputs],
      ['s3:PutObject', outputs],
      ['s3:ListBucket', s3('answers')[0]],
      ['s3:AbortMultipartUpload', outputs],
      ['s3:ListMultipartUploadParts', outputs],
    ]);
  });

  test.each([
    ['no files', ['batch=true'], OUTPUT.environment],
    ['no place for the answers', PARAMETERS, {}],
    ['answers that go elsewhere', PARAMETERS, { BATCH_OUTPUT_URL: 'sqs://answers' }],
  ])('%s: refused', async (_, parameters, environment) => {
    const { code, text } = await inTurn((project) =>
      serverless(project, ['package'], parameters, environment),
    );
    expect([code, text]).toEqual([1, expect.stringContaining('parameter batch needs --param batchInput=')]);
  });
});

/** What a role may do, as pairs of an action and its resource. */
function grantsOf({ Resources }: Template, role: string): [string, unknown][] {
  const { Policies } = (Resources[role] as Resource).Properties;
  const statements: { Action: string[]; Resource: unknown }[] = Policies.flatMap(
    ({ PolicyDocument }: Resource['Properties']) => PolicyDocument.Statement,
  );
  return statements.flatMap(({ Action, Resource }) =>
    Action.map((action): [string, unknown] => [action, Resource]),
  );
}
