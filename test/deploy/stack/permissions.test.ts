import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyWithZip, type Resource, resourcesOf, serverless, type Template } from '../../support/stack.ts';
import { CALLING, FUNCTIONS, inTurn, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

describe.concurrent('permissions', () => {
  const TABLE = {
    'Fn::Sub':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
      'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/seldon-lambda-iris-dev-state',
  };
  const s3 = (...names: string[]) =>
    names.map((name) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${name}` }));
  const SEND = [['sqs:SendMessage'], { 'Fn::GetAtt': ['FailedCalls', 'Arn'] }];

  /** The permissions of a function's role, without writing its own logs and traces, which each has. */
  function grantsOf(template: Template, name: string): unknown[] {
    const definition = resourcesOf(template, 'AWS::Lambda::Function').find(
      ({ Handler }) => Handler === `handlers/${name}.handler`,
    );
    const role = template.Resources[definition.Role['Fn::GetAtt'][0]] as Resource;
    expect(role.Properties.ManagedPolicyArns).toBeUndefined();
    const statements: { Action: string | string[]; Resource: unknown; Effect: string }[] =
      role.Properties.Policies.flatMap(
        ({ PolicyDocument }: { PolicyDocument: { Statement: unknown } }) => PolicyDocument.Statement,
      );
    const isOwn = ({ Action }: { Action: string | string[] }) =>
      /^(logs|xray):/.test([Action].flat()[0] ?? '');
    const own = statements.filter(isOwn);
    const actions = own.flatMap(({ Action }) => Action);
    expect(actions).toEqual(
      expect.arrayContaining(['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTraceSegments']),
    );
    for (const { Action, Resource } of own) {
      const isLogs = [Action].flat().every((action) => action.startsWith('logs:'));
      if (isLogs) {
        expect(JSON.stringify(Resource)).toMatch(/:log-group:\/aws\/lambda\/seldon-lambda-iris-dev/);
      }
    }
    return statements
      .filter((statement) => !isOwn(statement))
      .map(({ Action, Resource }) => [[Action].flat(), Resource]);
  }

  test('follow from what a function needs: nothing, reading what was counted, or the state', async () => {
    const template = await templateFor();
    const all = Object.fromEntries(FUNCTIONS.map((name) => [name, grantsOf(template, name)]));
    const stateful = [[['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], TABLE], SEND];
    expect(all).toEqual({
      ...Object.fromEntries(FUNCTIONS.map((name) => [name, []])),
      ...Object.fromEntries(CALLING.map((name) => [name, stateful])),
      metrics: [[['dynamodb:GetItem', 'dynamodb:BatchGetItem'], TABLE]],
    });
  });

  test('follow from the URLs of the stores', async () => {
    const environment = {
      STATE_URL: 's3://models/iris/state/',
      METRICS_URL: 'dynamodb://seldon-lambda-iris-dev-state',
      STATE_OVERFLOW_URL: 's3://large',
    };
    const template = await templateFor([], { environment });
    expect(grantsOf(template, 'predict')).toEqual([
      [['s3:GetObject', 's3:PutObject'], s3('models/iris/state', 'models/iris/state/*')],
      [['s3:ListBucket'], s3('models')[0]],
      [['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], s3('large/*')],
      [['s3:ListBucket'], s3('large')[0]],
      [['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], TABLE],
      SEND,
    ]);
    expect(grantsOf(template, 'metrics')).toEqual([[['dynamodb:GetItem', 'dynamodb:BatchGetItem'], TABLE]]);
  });

  test.each([
    ['sqs://payloads', ['sqs:GetQueueUrl', 'sqs:SendMessage'], 'sqs', 'payloads'],
    ['eventbridge://models', ['events:PutEvents'], 'events', 'event-bus/models'],
    ['firehose://archive', ['firehose:PutRecord'], 'firehose', 'deliverystream/archive'],
  ])(
    'follow from where the model and the payloads are: %s',
    async (PAYLOAD_LOG_URL, actions, service, name) => {
      const environment = { MODEL_URI: 's3://models/iris', PAYLOAD_LOG_URL };
      const template = await templateFor([], { environment });
      const model = [
        [['s3:GetObject'], s3('models/iris', 'models/iris/*')],
        [['s3:ListBucket'], s3('models')[0]],
      ];
      const arn = `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}`;
      expect(grantsOf(template, 'predict')).toEqual([
        ...model,
        [actions, { 'Fn::Sub': arn }],
        [['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], TABLE],
        SEND,
      ]);
      for (const loading of ['metadata', 'openapi']) {
        expect(grantsOf(template, loading)).toEqual(model);
      }
      expect(grantsOf(template, 'docs')).toEqual([]);
    },
  );

  test('IAM knows nothing of Redis, and of metrics that each instance keeps', async () => {
    const environment = { STATE_URL: 'redis://user:secret@host:6379/0', METRICS_URL: '' };
    const template = await templateFor([], { environment });
    expect(grantsOf(template, 'predict')).toEqual([SEND]);
    expect(grantsOf(template, 'metrics')).toEqual([]);
  });

  test.each([
    [
      'varaible: MODEL_URI\n        may: [read]',
      'custom.roles.StatefulRole[0] has the unknown member varaible; is variable meant?',
    ],
    [
      'may: [read]',
      'custom.roles.StatefulRole[0] names no store; expected the variable that holds its URL, or its url',
    ],
    [
      'variable: MODEL_URI\n        may: [reed]',
      'custom.roles.StatefulRole[0] may ["reed"]; expected a list of read, write, list, delete',
    ],
    [
      'Efect: Allow\n        Action: s3:GetObject\n        Resource: "*"',
      'custom.roles.StatefulRole[0] has the unknown member Efect; is Effect meant?',
    ],
    ['MODEL_URI', 'custom.roles.StatefulRole[0] is "MODEL_URI"; expected a statement of IAM, or'],
  ])('a row that would allow nothing is refused: %j', async (row, message) => {
    const project = copyWithZip();
    const file = join(project, 'serverless.yml');
    const yml = readFileSync(file, 'utf8');
    writeFileSync(file, yml.replace(/(StatefulRole:\n)/, `$1      - ${row}\n`));
    const { code, text } = await inTurn(() => serverless(project, ['package']));
    expect({ code, text }).toMatchObject({ code: 1, text: expect.stringContaining(message) });
    expect(text).not.toContain('    at ');
  });

  test('a store of which it is not known what IAM has to allow is refused, without its password', async () => {
    const environment = { STATE_URL: 'mongodb://user:secret@host' };
    const { code, text } = await inTurn((project) => serverless(project, ['package'], [], environment));
    expect(text).toContain('STATE_URL is mongodb://***@host; expected a URL of dynamodb://, s3://, ');
    expect(text).not.toContain('secret');
    expect(code).toBe(1);
  });
});

describe.concurrent('an asynchronous call that fails', () => {
  test('goes to a queue, which keeps it as long as there is', async () => {
    const template = await templateFor();
    const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig');
    const names = configs.map(({ FunctionName }) => template.Resources[FunctionName.Ref]?.Properties.Handler);
    expect(names.sort()).toEqual(CALLING.map((name) => `handlers/${name}.handler`));
    for (const { DestinationConfig } of configs) {
      expect(DestinationConfig).toEqual({
        OnFailure: { Destination: { 'Fn::GetAtt': ['FailedCalls', 'Arn'] } },
      });
    }
    expect(template.Resources.FailedCalls).toMatchObject({
      Type: 'AWS::SQS::Queue',
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true },
    });
  });

  test('is not repeated by Lambda where it could count a reward twice', async () => {
    const template = await templateFor();
    const retries = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').map(
      ({ FunctionName, MaximumRetryAttempts }) => [FunctionName.Ref, MaximumRetryAttempts],
    );
    expect(retries.filter(([, attempts]) => attempts !== undefined)).toEqual([
      ['SendDashfeedbackLambdaFunction', 0],
    ]);
  });
});
