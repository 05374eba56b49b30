import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../bundle/user-error.ts';
import type { Serverless } from '../serverless-types.ts';
import { parametersOf } from '../stack/index.ts';
import { type DeployedStack, findStack, resourcesOf } from './stack.ts';
import { hasTable } from './table.ts';

/** The parts of a template that are compared with the account. */
interface Planned {
  readonly Resources: Readonly<Record<string, { readonly Properties?: Readonly<Record<string, unknown>> }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/**
 * Compares the deployment with what is in the account, before anything is made or uploaded.
 *
 * @throws UserError when the stack serves another model; and when CloudFormation would fail because of the
 *   state table: it exists already, or does not exist though it was said to.
 * @throws Error of AWS.
 */
export async function checkAccount(serverless: Serverless): Promise<void> {
  const planned = plannedFor(serverless);
  const stack = await findStack(serverless);
  checkModel(serverless, planned, stack);
  await checkTable(serverless, planned, stack);
}

/** The template of `--package`, which was made earlier; or else the resources of serverless.yml. */
function plannedFor({ serviceDir, configurationInput, processedInput }: Serverless): Planned {
  const { package: folder } = processedInput.options;
  if (folder === undefined) {
    return configurationInput.resources as Planned;
  }
  const file = join(resolve(serviceDir, folder), 'cloudformation-template-update-stack.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Planned;
}

/** Whether the stack has the table already; true when the credentials do not allow the question. */
async function hasOwn(serverless: Serverless, table: string): Promise<boolean> {
  const resources = await resourcesOf(serverless).catch(() => undefined);
  return resources === undefined || resources.StateTable?.id === table;
}

/** The clients of a model, and its state in the table, must not get another model by mistake. */
function checkModel(serverless: Serverless, { Outputs }: Planned, stack: DeployedStack | undefined): void {
  const model = `${Outputs?.ModelName?.Value}`;
  const serves = stack?.outputs.ModelName;
  const isKept = serves?.split(',').some((each) => model.split(',').includes(each));
  if (serves !== undefined && !isKept && serves !== parametersOf(serverless).replaces) {
    const name = serverless.getProvider('aws').naming.getStackName();
    throw new UserError(
      `the stack ${name} serves the model ${serves}, which ${model} would replace. Give ${model} a stage or ` +
        `a service name (SERVICE_NAME) of its own, or add --param replaces=${serves}`,
    );
  }
}

async function checkTable(
  serverless: Serverless,
  { Resources, Outputs }: Planned,
  stack: DeployedStack | undefined,
): Promise<void> {
  const isOwn = Resources.StateTable !== undefined;
  const name = Outputs?.StateTable?.Value;
  if (typeof name !== 'string' || (isOwn && stack !== undefined && (await hasOwn(serverless, name)))) {
    return;
  }
  const exists = await hasTable(serverless, name);
  const region = serverless.getProvider('aws').getRegion();
  if (isOwn && exists) {
    throw new UserError(
      `the table ${name} exists already, and is not part of this stack: a removed stack has left it, with ` +
        'the state of its model. Add --param stateTable=existing to use it, or delete it: ' +
        `aws dynamodb delete-table --table-name ${name} --region ${region}`,
    );
  }
  if (!isOwn && exists === false) {
    throw new UserError(
      `parameter stateTable is existing, but there is no table ${name} in ${region}; expected own, which makes it`,
    );
  }
}
