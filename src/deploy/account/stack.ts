import {
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import type { Serverless } from '../serverless-types.ts';

/** A stack as it is deployed. */
export interface DeployedStack {
  /** Values of its outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** A resource of it: `AWS::SQS::Queue`, and the name that AWS knows it by. */
export interface DeployedResource {
  readonly type: string;
  readonly id: string;
}

/**
 * The stack that this service and stage have in the account; undefined when there is none.
 *
 * @throws Error of AWS, for example without credentials, or when these do not allow it.
 */
export async function findStack(serverless: Serverless): Promise<DeployedStack | undefined> {
  const { cloudFormation, StackName } = await connect(serverless);
  const { Stacks = [] } = await cloudFormation
    .send(new DescribeStacksCommand({ StackName }))
    .catch((error: Error): { readonly Stacks?: undefined } => {
      // CloudFormation has no error of its own for this.
      if (/does not exist/.test(error.message)) {
        return {};
      }
      throw error;
    });
  const [stack] = Stacks;
  if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') {
    return undefined;
  }
  const { Outputs = [] } = stack;
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return { outputs: Object.fromEntries(outputs) };
}

/**
 * The resources of a stack that stay in the account when it is removed.
 *
 * @throws Error of AWS.
 */
export async function retainedResources(serverless: Serverless): Promise<readonly DeployedResource[]> {
  const { cloudFormation, StackName } = await connect(serverless);
  const resources = await resourcesOf(serverless);
  const { TemplateBody = '{}' } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const template = JSON.parse(TemplateBody) as { Resources?: Record<string, { DeletionPolicy?: string }> };
  return Object.entries(template.Resources ?? {}).flatMap(([name, { DeletionPolicy = '' }]) =>
    DeletionPolicy.startsWith('Retain') ? (resources[name] ?? []) : [],
  );
}

/**
 * The resources of the stack by their names in the template.
 *
 * @throws Error of AWS.
 */
export async function resourcesOf(
  serverless: Serverless,
): Promise<Readonly<Record<string, DeployedResource>>> {
  const { cloudFormation, StackName } = await connect(serverless);
  const found: Record<string, DeployedResource> = {};
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.send(
      new ListStackResourcesCommand({ StackName, ...(NextToken ? { NextToken } : {}) }),
    );
    for (const resource of page.StackResourceSummaries ?? []) {
      const { LogicalResourceId = '', PhysicalResourceId: id, ResourceType: type = '' } = resource;
      if (id && resource.ResourceStatus !== 'DELETE_COMPLETE') {
        found[LogicalResourceId] = { type, id };
      }
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

async function connect(serverless: Serverless) {
  const provider = serverless.getProvider('aws');
  const cloudFormation = await provider.getCloudFormationClient();
  return { cloudFormation, StackName: provider.naming.getStackName() };
}
