import type { Serverless } from '../serverless-types.ts';
import { type DeployedResource, findStack, retainedResources } from './stack.ts';

/**
 * The resources that stay when the stack of this service and stage is removed, with the commands that delete
 * them; empty when there is no stack. What AWS does not allow to ask is no reason not to remove the stack.
 */
export async function describeLeftovers(serverless: Serverless): Promise<readonly string[]> {
  const stack = await findStack(serverless).catch(() => undefined);
  const retained = stack === undefined ? [] : await retainedResources(serverless).catch(() => undefined);
  if (retained === undefined) {
    return ['The table of the state and the queue of failed calls stay, if the stack has made them.'];
  }
  if (retained.length === 0) {
    return [];
  }
  const region = serverless.getProvider('aws').getRegion();
  return [
    'These stay, so that no state and no failed call is lost by mistake. To delete them:',
    ...retained.flatMap((resource) => toCommands(resource, region)).map((line) => `  ${line}`),
  ];
}

function toCommands({ type, id }: DeployedResource, region: string): readonly string[] {
  const toLines = COMMANDS[type];
  return toLines === undefined
    ? [`# ${type} ${id}`]
    : toLines(id).map((command) => `aws ${command} --region ${region}`);
}

const COMMANDS: Readonly<Record<string, (id: string) => readonly string[]>> = {
  'AWS::DynamoDB::Table': (id) => [
    // Does nothing to a table that is not protected.
    `dynamodb update-table --table-name ${id} --no-deletion-protection-enabled`,
    `dynamodb delete-table --table-name ${id}`,
  ],
  'AWS::SQS::Queue': (id) => [`sqs delete-queue --queue-url ${id}`],
};
