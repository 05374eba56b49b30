import { UserError } from '../../bundle/user-error.ts';
import { allow, ownArn, type ToPermissions } from '../../runtime/stores/grant.ts';
import { GRANTS } from '../../runtime/stores/grants.ts';
import type { Stack } from '../serverless-types.ts';
import type { BatchFunction } from './batch.ts';
import { environmentOf } from './environments.ts';
import { stateMachineOf } from './state-machine.ts';

const toS3Permissions = GRANTS['s3:'] as ToPermissions;

/**
 * Adds the state machine of a function for many records, which answers files of any size, and its role: it
 * may read `batchInput`, write below BATCH_OUTPUT_URL, call this function, and start the executions of its
 * batches.
 *
 * @throws UserError when it is not said where the files are, or where the answers go.
 */
export function addRuns(stack: Stack, { name, definition, id }: BatchFunction): void {
  const { resources, parameters, provider } = stack;
  const output = environmentOf(stack, definition).BATCH_OUTPUT_URL;
  if (parameters.batchInput === 'none' || !output?.startsWith('s3://')) {
    throw new UserError(
      'parameter batch needs --param batchInput=s3://bucket/prefix, from which files are read, and the ' +
        'variable BATCH_OUTPUT_URL=s3://bucket/prefix, below which the answers are written',
    );
  }
  const machine = `${stack.name}-${name}`;
  const functionArn = { 'Fn::GetAtt': [stack.logicalIdOf(name), 'Arn'] };
  const [read, write] = [new URL(parameters.batchInput), new URL(output)];
  const uploads = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];
  const [objects] = toS3Permissions(write, ['write']);
  resources.Resources[`${id}BatchRunsRole`] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [
        {
          PolicyName: 'BatchRuns',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              allow(['lambda:InvokeFunction'], functionArn),
              allow(['states:StartExecution'], ownArn('states', `stateMachine:${machine}`)),
              allow(
                ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
                ownArn('states', `execution:${machine}/*`),
              ),
              ...toS3Permissions(read, ['read']),
              ...toS3Permissions(write, ['read', 'write']),
              // Step Functions writes large results in parts.
              ...(objects === undefined ? [] : [allow(uploads, objects.Resource)]),
            ],
          },
        },
      ],
      Tags: Object.entries(provider.tags).map(([Key, Value]) => ({ Key, Value })),
    },
  };
  resources.Resources[`${id}BatchRuns`] = {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: machine,
      RoleArn: { 'Fn::GetAtt': [`${id}BatchRunsRole`, 'Arn'] },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a substitution of CloudFormation.
      Definition: stateMachineOf('${FunctionArn}', Number(definition.timeout ?? provider.timeout)),
      DefinitionSubstitutions: { FunctionArn: functionArn },
    },
  };
  resources.Outputs[`${id}BatchRunsArn`] = {
    Description: `The state machine that ${name} answers files for`,
    Value: { Ref: `${id}BatchRuns` },
  };
}
