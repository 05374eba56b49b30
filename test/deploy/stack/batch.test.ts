import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  copyWithZip,
  type Resource,
  readTemplate,
  resourcesOf,
  serverless,
  type Template,
} from '../../support/stack.ts';
import { inTurn, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

const OUTPUT = { environment: { BATCH_OUTPUT_URL: 'firehose://answers' } };
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const own = (service: string, name: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}`,
});

const functionOf = (template: Template) =>
  resourcesOf(template, 'AWS::Lambda::Function').find(({ Handler }) => Handler === 'handlers/batch.handler');

/** What the role may do beside logs and traces, by action. */
function grantsOf({ Resources }: Template): Record<string, unknown> {
  const { Policies } = (Resources.BatchRole as Resource).Properties;
  const statements = Policies.flatMap(
    ({ PolicyDocument }: Resource['Properties']) => PolicyDocument.Statement,
  );
  return Object.fromEntries(
    statements.flatMap(({ Action, Resource }: { Action: string | string[]; Resource: unknown }) =>
      [Action].flat().flatMap((action) => (/^(logs|xray):/.test(action) ? [] : [[action, Resource]])),
    ),
  );
}

describe.concurrent('the function for many records', () => {
  test('is left out without a source', async () => {
    const template = await templateFor();
    expect(functionOf(template)).toBeUndefined();
    expect(template.Resources.BatchRole).toBeUndefined();
    expect(JSON.stringify(template)).not.toContain('BATCH_');
  });

  test.each([[['batchQueue=true']], [['batchQueue=true', 'functions=single']]])(
    '%j: has a queue, whose messages are reported one by one, and a queue for those that fail',
    async (parameters) => {
      const template = await templateFor(parameters, OUTPUT);
      expect(functionOf(template)).toMatchObject({ Timeout: 300, MemorySize: 1024 });
      expect(functionOf(template)?.Environment.Variables.BATCH_OUTPUT_URL).toBe('firehose://answers');
      expect(template.Resources.BatchQueue).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        Properties: {
          VisibilityTimeout: 1800,
          RedrivePolicy: { deadLetterTargetArn: arn('BatchDeadLetters'), maxReceiveCount: 5 },
        },
      });
      expect(resourcesOf(template, 'AWS::Lambda::EventSourceMapping')).toMatchObject([
        {
          BatchSize: 10,
          EventSourceArn: arn('BatchQueue'),
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      ]);
      expect(template.Outputs.BatchQueueUrl?.Value).toEqual({ Ref: 'BatchQueue' });
    },
  );

  test('may read its queue, and send to the place of the answers, and no more than others may', async () => {
    const grants = grantsOf(await templateFor(['batchQueue=true'], OUTPUT));
    const table = own('dynamodb', 'table/seldon-lambda-iris-dev-state');
    expect(grants).toEqual({
      'dynamodb:GetItem': table,
      'dynamodb:BatchGetItem': table,
      'dynamodb:PutItem': table,
      'firehose:PutRecordBatch': own('firehose', 'deliverystream/answers'),
      'sqs:SendMessage': arn('FailedCalls'),
      'sqs:ReceiveMessage': arn('BatchQueue'),
      'sqs:DeleteMessage': arn('BatchQueue'),
      'sqs:GetQueueAttributes': arn('BatchQueue'),
    });
  });

  test('other functions know nothing of the answers', async () => {
    const template = await templateFor(['batchQueue=true'], OUTPUT);
    const knowing = resourcesOf(template, 'AWS::Lambda::Function').filter(
      ({ Environment }) => Environment?.Variables?.BATCH_OUTPUT_URL !== undefined,
    );
    expect(knowing).toHaveLength(1);
  });

  test('may read files, where batchInput says', async () => {
    const input = 'batchInput=s3://bucket/in';
    const output = { environment: { BATCH_OUTPUT_URL: 's3://bucket/out' } };
    const { Policies } = (
      (await templateFor(['batchQueue=true', input], output)).Resources.BatchRole as Resource
    ).Properties;
    const s3 = JSON.stringify(Policies).match(/"s3:[^\]]*\],"Resource":\[[^\]]*\]/g);
    expect(s3).toHaveLength(2);
    expect(s3?.[0]).toMatch(/s3:GetObject","s3:PutObject.*bucket\/out\/\*/);
    expect(s3?.[1]).toMatch(/"s3:GetObject"\],.*bucket\/in\/\*/);
    expect(s3?.[1]).not.toMatch(/PutObject/);
  });

  test('FIFO, many at once, an alarm', async () => {
    const fifo = await templateFor(['batchQueue=fifo', 'batchSize=100', 'alarms=true']);
    expect(fifo.Resources.BatchQueue?.Properties).toMatchObject({
      FifoQueue: true,
      QueueName: 'seldon-lambda-iris-dev-batch.fifo',
    });
    expect(fifo.Resources.BatchDeadLetters?.Properties.QueueName).toBe(
      'seldon-lambda-iris-dev-batch-failed.fifo',
    );
    expect(resourcesOf(fifo, 'AWS::Lambda::EventSourceMapping')).toMatchObject([{ BatchSize: 10 }]);
    expect(JSON.stringify(fifo.Resources.BatchFailedAlarm)).toContain('BatchDeadLetters');
    const many = await templateFor(['batchQueue=true', 'batchSize=100']);
    expect(resourcesOf(many, 'AWS::Lambda::EventSourceMapping')).toMatchObject([
      { BatchSize: 100, MaximumBatchingWindowInSeconds: 5 },
    ]);
  });

  test('sources of the project: read by the role, and reported record by record', async () => {
    const project = copyWithZip();
    const file = join(project, 'serverless.yml');
    const stream = 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders';
    const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000';
    const queue = 'arn:aws:sqs:eu-west-1:123456789012:orders';
    const events = [
      `- stream: { type: kinesis, arn: '${stream}', maximumRetryAttempts: 5 }`,
      `- stream: '${table}'`,
      `- sqs: '${queue}'`,
      '- sns: orders',
    ].map((line) => `      ${line}\n`);
    const yml = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      yml.replace(/(batch\.handler[\s\S]*?)events: \[\]\n/, `$1events:\n${events.join('')}`),
    );
    const { code, text } = await inTurn(() => serverless(project, ['package']));
    expect({ code, text }).toMatchObject({ code: 0 });
    const template = readTemplate(project);
    const mappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(({ EventSourceArn }) => EventSourceArn).sort()).toEqual(
      [stream, table, queue].sort(),
    );
    for (const { FunctionResponseTypes } of mappings) {
      expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
    expect(grantsOf(template)).toMatchObject({
      'kinesis:GetRecords': stream,
      'dynamodb:GetRecords': table,
      'sqs:ReceiveMessage': queue,
    });
  });

  test.each([
    ['batchQueue=maybe', 'expected false, true, fifo'],
    ['batchInput=bucket', 'expected s3://bucket/prefix'],
  ])('%s is refused', async (parameter, info) => {
    const { code, text } = await inTurn((project) => serverless(project, ['package'], [parameter]));
    expect([code, text]).toEqual([1, expect.stringContaining(info)]);
  });

  test('an output that is none is refused', async () => {
    const environment = { BATCH_OUTPUT_URL: 'https://a.example', BATCH_METHOD: 'explain' };
    const { code, text } = await inTurn((project) =>
      serverless(project, ['package'], ['batchQueue=true'], environment),
    );
    expect([code, text]).toEqual([1, expect.stringContaining('BATCH_OUTPUT_URL is https://a.example')]);
    expect(text).toContain('BATCH_METHOD is "explain"; expected one of predict');
  });
});
