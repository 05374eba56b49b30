import type { Definition, Stack } from '../serverless-types.ts';
import type { Api } from './api.ts';

/** A metric of CloudWatch over five minutes, and the value at which it raises an alarm. */
interface Alarm {
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: 'Sum' | 'Maximum' | 'p99';
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** The smallest value that raises the alarm; default 1. */
  readonly from?: number;
}

/**
 * Adds alarms for every function, the API, the queue of failed calls and the table. `alarmTopic` gets a
 * message when one starts and when it ends.
 */
export function addAlarms(stack: Stack, api: Api): void {
  const { resources, parameters } = stack;
  const { alarmTopic } = parameters;
  const actions =
    alarmTopic === 'none' ? [] : [alarmTopic.startsWith('arn:') ? alarmTopic : { Ref: 'AlarmTopic' }];
  if (alarmTopic.includes('@')) {
    resources.Resources.AlarmTopic = {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: [{ Protocol: 'email', Endpoint: alarmTopic }] },
    };
  }
  const alarms = [
    ...Object.entries(stack.functions).flatMap(([name, definition]) =>
      functionAlarms(stack, name, definition),
    ),
    ...stackAlarms(api),
  ];
  for (const alarm of alarms) {
    resources.Resources[logicalId(alarm.name)] = toResource(stack.name, alarm, actions);
  }
}

function functionAlarms(
  { name, provider, parameters }: Stack,
  key: string,
  { timeout }: Definition,
): Alarm[] {
  const limitMs = 1000 * Number(timeout ?? provider.timeout);
  const p99Ms = parameters.p99Ms === 'none' ? 0.8 * limitMs : Math.min(parameters.p99Ms, limitMs);
  const lambda = { namespace: 'AWS/Lambda', dimensions: { FunctionName: `${name}-${key}` } } as const;
  return [
    {
      ...lambda,
      name: `${key}-errors`,
      metric: 'Errors',
      statistic: 'Sum',
      description: 'A call ended without an answer',
    },
    {
      ...lambda,
      name: `${key}-throttles`,
      metric: 'Throttles',
      statistic: 'Sum',
      description: 'No instance was free',
    },
    {
      ...lambda,
      name: `${key}-duration`,
      metric: 'Duration',
      statistic: 'p99',
      from: p99Ms,
      description: `One call in a hundred takes ${p99Ms} ms or more`,
    },
  ];
}

function stackAlarms(api: Api): Alarm[] {
  const queue = { QueueName: { 'Fn::GetAtt': ['FailedCalls', 'QueueName'] } };
  const table = {
    namespace: 'AWS/DynamoDB',
    statistic: 'Sum',
    dimensions: { TableName: { Ref: 'StateTable' } },
  } as const;
  return [
    {
      name: 'api-5xx',
      description: 'The API answered with a status of 500 or more',
      namespace: 'AWS/ApiGateway',
      metric: api.errorMetric,
      statistic: 'Sum',
      dimensions: api.dimensions,
    },
    {
      name: 'failed-calls',
      description: 'Asynchronous calls that failed wait in the queue',
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      statistic: 'Maximum',
      dimensions: queue,
    },
    {
      ...table,
      name: 'table-read-throttles',
      metric: 'ReadThrottleEvents',
      description: 'State could not be read at once',
    },
    {
      ...table,
      name: 'table-write-throttles',
      metric: 'WriteThrottleEvents',
      description: 'State could not be written at once',
    },
  ];
}

function toResource(stackName: string, alarm: Alarm, actions: readonly unknown[]) {
  const { name, description, namespace, metric, statistic, dimensions, from = 1 } = alarm;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${stackName}-${name}`,
      AlarmDescription: description,
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      ...(statistic === 'p99' ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: from,
      // No data means no calls.
      TreatMissingData: 'notBreaching',
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}

/** `send-feedback-errors` -> `SendFeedbackErrorsAlarm`. */
function logicalId(name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Alarm`;
}
