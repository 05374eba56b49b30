import { UserError } from '../../bundle/user-error.ts';
import { withoutCredentials } from '../../runtime/redact.ts';
import type { Grant, Stack, Statement } from '../serverless-types.ts';

type May = Extract<Grant, { readonly url: unknown }>['may'][number];

/** The IAM statements that allow access to a URL. Stores that are not part of AWS need no permission. */
const STORES: Readonly<Record<string, (url: URL, may: readonly May[]) => Statement[]>> = {
  'dynamodb:': ({ hostname }, may) => [
    allow(
      actionsOf(may, { read: 'dynamodb:GetItem', write: 'dynamodb:PutItem', delete: 'dynamodb:DeleteItem' }),
      ownArn('dynamodb', `table/${hostname}`),
    ),
  ],
  's3:': ({ hostname, pathname }, may) => {
    const bucket = `arn:\${AWS::Partition}:s3:::${hostname}`;
    const prefix = decodeURIComponent(pathname.replace(/^\/+|\/+$/g, ''));
    const names = { read: 's3:GetObject', write: 's3:PutObject', delete: 's3:DeleteObject' };
    const objects = prefix === '' ? ['*'] : [prefix, `${prefix}/*`];
    return [
      allow(
        actionsOf(may, names),
        objects.map((object) => ({ 'Fn::Sub': `${bucket}/${object}` })),
      ),
      // Without this permission S3 answers 403 instead of 404 for an object that does not exist.
      allow(['s3:ListBucket'], { 'Fn::Sub': bucket }),
    ];
  },
  'sqs:': ({ hostname }) => [allow(['sqs:GetQueueUrl', 'sqs:SendMessage'], ownArn('sqs', hostname))],
  'eventbridge:': ({ hostname }) => [allow(['events:PutEvents'], ownArn('events', `event-bus/${hostname}`))],
  'firehose:': ({ hostname }) => [
    allow(['firehose:PutRecord'], ownArn('firehose', `deliverystream/${hostname}`)),
  ],
  'redis:': () => [],
  'rediss:': () => [],
  'file:': () => [],
  'memory:': () => [],
  'http:': () => [],
  'https:': () => [],
};

/**
 * Adds the roles of `custom.roles` to the resources. Each may write its logs and traces, and do what its rows
 * in serverless.yml allow.
 *
 * @throws UserError for a URL whose scheme has no IAM statements here.
 */
export function grantRoles(stack: Stack): void {
  const logs = ownArn('logs', `log-group:/aws/lambda/${stack.name}-*:*`);
  const own = [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logs),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
    ...(stack.provider.vpc === undefined ? [] : [allow(NETWORK, '*')]),
  ];
  for (const [role, grants] of Object.entries(stack.custom.roles)) {
    const statements = grants.flatMap((grant) => ('Effect' in grant ? [grant] : statementsOf(role, grant)));
    stack.resources.Resources[role] = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
        Policies: [
          {
            PolicyName: role,
            PolicyDocument: { Version: '2012-10-17', Statement: unique([...own, ...statements]) },
          },
        ],
        Tags: Object.entries(stack.provider.tags).map(([Key, Value]) => ({ Key, Value })),
      },
    };
  }
}

/** A function in a VPC, where it is put for Redis by `provider.vpc`, makes its network interfaces itself. */
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

function statementsOf(role: string, { url, may }: Exclude<Grant, Statement>): Statement[] {
  if (url === null || url === '') {
    return [];
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const toStatements = parsed && STORES[parsed.protocol];
  if (toStatements === undefined) {
    const shown = withoutCredentials(url);
    throw new UserError(
      `the role ${role} names the URL ${shown}; expected one of ${Object.keys(STORES).join('//, ')}//`,
    );
  }
  return toStatements(parsed as URL, may);
}

/** The ARN of a resource in this account and region. */
function ownArn(service: string, name: string): { readonly 'Fn::Sub': string } {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}` };
}

function actionsOf(may: readonly May[], names: Readonly<Record<May, string>>): string[] {
  return may.map((each) => names[each]);
}

function allow(actions: readonly string[], resource: unknown): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resource };
}

/** The metrics may be in the store of the state. */
function unique(statements: readonly Statement[]): Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}
