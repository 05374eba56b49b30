import { UserError } from '../../bundle/user-error.ts';
import { openAwsClient, toEndpoint } from '../../runtime/clients/aws-client.ts';
import type { AwsSettings } from '../../runtime/clients/aws-settings.ts';
import { readError } from '../../runtime/clients/s3/s3-client.ts';
import { SeldonError } from '../../runtime/errors.ts';

const TIMEOUT_MS = 30_000;
/** The output of a stack with the ARN of a state machine, behind the word of its model. */
const OUTPUT = /^(\w*)BatchRunsArn$/;

/** A stack that was deployed with `--param batch=true`. */
export interface StackOptions {
  readonly stack: string;
  /** The model whose state machine it is; undefined: the only one. */
  readonly model: string | undefined;
}

/**
 * Finds the state machine of a stack among its outputs.
 *
 * @param endpoint - that of an emulator; undefined: that of AWS.
 * @throws UserError when there is no such stack, or it has none, or several and no model is named.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export async function findMachine(
  { stack, model }: StackOptions,
  settings: AwsSettings,
  endpoint: string | undefined,
): Promise<string> {
  const machines = machinesIn(await describe(stack, settings, endpoint));
  if (machines.size === 0) {
    throw new UserError(`the stack ${stack} has no state machine: deploy it with --param batch=true`);
  }
  const words = [...machines.keys()];
  const wanted = model ?? (machines.size === 1 ? words[0] : undefined);
  const found = words.find((word) => word.toLowerCase() === wanted?.toLowerCase());
  if (found === undefined) {
    throw new UserError(
      `the stack ${stack} has a state machine for each of ${words.join(', ')}: name one by --model`,
    );
  }
  return machines.get(found) as string;
}

/** ARNs by the word of their model, which is empty in a stack of one model. */
function machinesIn(xml: string): Map<string, string> {
  const outputs = xml.matchAll(/<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)<\/OutputValue>/g);
  return new Map(
    [...outputs].flatMap(([, key = '', value = '']) => {
      const word = OUTPUT.exec(key)?.[1];
      return word === undefined ? [] : [[word, value] as const];
    }),
  );
}

async function describe(stack: string, settings: AwsSettings, override: string | undefined): Promise<string> {
  const what = `CloudFormation DescribeStacks of ${stack}`;
  try {
    const endpoint = toEndpoint('cloudformation', settings.region, override);
    const client = openAwsClient('cloudformation', endpoint, settings);
    const body = new URLSearchParams({
      Action: 'DescribeStacks',
      Version: '2010-05-15',
      StackName: stack,
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const call = { what, method: 'POST', endpoint, path: '/', headers, body } as const;
    const sent = client.send({ ...call, timeoutMs: TIMEOUT_MS, isRepeatable: true });
    const answer = await sent.finally(() => client.close());
    if (answer.status === 200) {
      return answer.body.toString();
    }
    const { code, message } = readError(answer.body);
    throw client.toError(what, answer.status, code, message);
  } catch (error) {
    throw new UserError(
      error instanceof SeldonError ? error.message : `${what}: ${(error as Error).message}`,
    );
  }
}
