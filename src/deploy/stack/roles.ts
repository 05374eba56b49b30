import { UserError } from '../../bundle/user-error.ts';
import { withoutCredentials } from '../../runtime/redact.ts';
import { allow, ownArn, type ToPermissions } from '../../runtime/stores/grant.ts';
import { GRANTS } from '../../runtime/stores/grants.ts';
import type { Grant, Stack, Statement } from '../serverless-types.ts';
import { environmentsOf } from './environments.ts';
import { checkRows } from './role-rows.ts';

/** The permissions that a payload log needs, by the scheme of its URL; a server at `http:` needs none. */
export const SINKS: Readonly<Record<string, ToPermissions>> = {
  'sqs:': ({ hostname }) => [allow(['sqs:GetQueueUrl', 'sqs:SendMessage'], ownArn('sqs', hostname))],
  'eventbridge:': ({ hostname }) => [allow(['events:PutEvents'], ownArn('events', `event-bus/${hostname}`))],
  'firehose:': ({ hostname }) => [
    allow(['firehose:PutRecord'], ownArn('firehose', `deliverystream/${hostname}`)),
  ],
  'http:': () => [],
  'https:': () => [],
};

/** The permissions that the answers of records need, by the scheme of BATCH_OUTPUT_URL. */
export const OUTPUTS: Readonly<Record<string, ToPermissions>> = {
  's3:': GRANTS['s3:'] as ToPermissions,
  'sqs:': SINKS['sqs:'] as ToPermissions,
  'eventbridge:': SINKS['eventbridge:'] as ToPermissions,
  'firehose:': ({ hostname }) => [
    allow(['firehose:PutRecordBatch'], ownArn('firehose', `deliverystream/${hostname}`)),
  ],
};
const GUARDED = { ...GRANTS, ...SINKS };

/**
 * Adds the roles of `custom.roles` that a function has to the resources. Each may write its logs and traces,
 * and do what its rows in serverless.yml allow.
 *
 * @throws UserError for a row that says nothing here, and for a URL whose scheme has no IAM statements.
 */
export function grantRoles(stack: Stack): void {
  const logs = ownArn('logs', `log-group:/aws/lambda/${stack.name}-*:*`);
  const own = [
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logs),
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
    ...(stack.provider.vpc === undefined ? [] : [allow(NETWORK, '*')]),
  ];
  for (const [role, grants] of Object.entries(stack.custom.roles)) {
    const environments = environmentsOf(stack, role);
    if (environments.length === 0) {
      continue;
    }
    checkRows(role, grants);
    const statements = grants.flatMap((grant) =>
      'Effect' in grant
        ? [grant]
        : environments.flatMap((each) => statementsOf(role, urlOf(each, grant), grant)),
    );
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

function urlOf(
  environment: Stack['provider']['environment'],
  grant: Exclude<Grant, Statement>,
): string | null | undefined {
  if (!('variable' in grant)) {
    return grant.url;
  }
  return isUsed(environment, grant) ? environment[grant.variable] : null;
}

/** Whether a row counts: `unless` names a variable that takes the place of its own. */
export function isUsed(
  environment: Stack['provider']['environment'],
  { unless }: { readonly unless?: string },
): boolean {
  return unless === undefined || environment[unless] == null;
}

function statementsOf(
  role: string,
  url: string | null | undefined,
  grant: Exclude<Grant, Statement>,
): Statement[] {
  if (!url) {
    return [];
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const guarded = 'variable' in grant && grant.variable === 'BATCH_OUTPUT_URL' ? OUTPUTS : GUARDED;
  const toStatements = parsed && guarded[parsed.protocol];
  if (toStatements === undefined) {
    const shown = withoutCredentials(url);
    throw new UserError(
      `the role ${role} names the URL ${shown}; expected one of ${Object.keys(guarded).join('//, ')}//`,
    );
  }
  return toStatements(parsed as URL, grant.may);
}

/** Metrics may lie where the state does. */
function unique(statements: readonly Statement[]): Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}
