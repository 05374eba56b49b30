import { UserError } from '../../bundle/user-error.ts';
import { allow } from '../../runtime/stores/grant.ts';
import type { Definition, Grant, Stack, Statement } from '../serverless-types.ts';
import { addQueue } from './batch-queue.ts';
import { addRuns } from './batch-runs.ts';

/** The role of the function for many records, with the word of its model before it: `IrisBatchRole`. */
const ROLE = /^(\w*)BatchRole$/;

/** The function for many records of one model. */
export interface BatchFunction {
  readonly name: string;
  readonly definition: Definition;
  /** The first part of the logical ids of its resources. */
  readonly id: string;
}

/** The functions for many records that the stack has. */
export function batchFunctionsOf({ functions }: Pick<Stack, 'functions'>): BatchFunction[] {
  return Object.entries(functions).flatMap(([name, definition]) => {
    const id = ROLE.exec(definition.role ?? '')?.[1];
    return id === undefined ? [] : [{ name, definition, id }];
  });
}

/**
 * Leaves the functions for many records where there is something for them: a queue, which batchQueue makes,
 * the runs of `batch`, or events of the project's own. Their roles may read these sources, and what they
 * read and write is told apart record by record: without that, Lambda would take records that failed for
 * done.
 *
 * @throws UserError when a parameter asks for what the stack cannot have.
 */
export function shapeBatch(stack: Stack): Stack {
  const { functions, parameters, custom } = stack;
  const hasQueue = parameters.batchQueue !== 'false';
  const hasRuns = parameters.batch === 'true';
  const isAsked = hasQueue || hasRuns;
  if (isAsked && batchFunctionsOf(stack).length === 0) {
    throw new UserError(
      `parameter ${hasQueue ? 'batchQueue' : 'batch'} asks for the function batch, which the stack does not ` +
        'have: a graph alone has none',
    );
  }
  const roles: Record<string, readonly Grant[]> = { ...custom.roles };
  for (const each of batchFunctionsOf(stack)) {
    const { name, definition } = each;
    if (!isAsked && definition.events.length === 0) {
      delete functions[name];
      continue;
    }
    if (hasQueue) {
      addQueue(stack, each);
    }
    if (hasRuns) {
      addRuns(stack, each);
    }
    definition.events = definition.events.map(reportingEach);
    const role = definition.role as string;
    const input: Grant[] =
      parameters.batchInput === 'none' ? [] : [{ url: parameters.batchInput, may: ['read', 'list'] }];
    roles[role] = [...(roles[role] ?? []), ...definition.events.flatMap(grantsOf), ...input];
  }
  return { ...stack, custom: { ...custom, roles } };
}

type Event = Definition['events'][number];

/** A queue or a stream in the long form of serverless.yml. */
interface Source {
  readonly arn?: unknown;
  readonly type?: string;
}

/** The source of an event of a queue or a stream, with its kind; undefined for other events. */
function sourceOf(event: Event): { readonly kind: 'sqs' | 'stream'; readonly source: Source } | undefined {
  for (const kind of ['sqs', 'stream'] as const) {
    const value = (event as Readonly<Record<string, unknown>>)[kind];
    if (value !== undefined) {
      return { kind, source: typeof value === 'object' ? { ...value } : { arn: value } };
    }
  }
  return undefined;
}

function reportingEach(event: Event): Event {
  const found = sourceOf(event);
  // The cast restores the type: the name of the kind is computed.
  return found === undefined
    ? event
    : ({
        [found.kind]: { functionResponseType: 'ReportBatchItemFailures', ...found.source },
      } as unknown as Event);
}

/** What Lambda has to be allowed to read a source. */
function grantsOf(event: Event): Statement[] {
  const found = sourceOf(event);
  if (found === undefined) {
    return [];
  }
  const { arn, type = String(arn).split(':')[2] } = found.source;
  const actions = ACTIONS[found.kind === 'sqs' ? 'sqs' : (type ?? '')];
  return actions === undefined ? [] : [allow(actions, arn)];
}

/**
 * @see the managed policies AWSLambdaSQSQueueExecutionRole, AWSLambdaKinesisExecutionRole,
 * AWSLambdaDynamoDBExecutionRole
 */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  kinesis: [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
  ],
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
};
