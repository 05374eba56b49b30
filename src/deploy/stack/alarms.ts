import { toBoolean } from '../../runtime/config.ts';
import type { Stack } from '../serverless-types.ts';
import { type Alarm, groupsOf, logicalId, type Metric, toResource } from './alarm.ts';
import type { Api } from './api.ts';
import { tablesOf } from './table.ts';

/**
 * Adds alarms for the functions together, the API, the queue of failed calls, the tables and lost states.
 * `alarmTopic` gets a message when one starts and when it ends; without it, alarms=auto adds none.
 */
export function addAlarms(stack: Stack, api: Api): void {
  const { resources, parameters } = stack;
  const { alarms: wanted, alarmTopic } = parameters;
  if (wanted === 'false' || (wanted === 'auto' && alarmTopic === 'none')) {
    return;
  }
  const actions =
    alarmTopic === 'none' ? [] : [alarmTopic.startsWith('arn:') ? alarmTopic : { Ref: 'AlarmTopic' }];
  if (alarmTopic.includes('@')) {
    resources.Resources.AlarmTopic = {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: [{ Protocol: 'email', Endpoint: alarmTopic }] },
    };
  }
  const alarms = [
    ...functionAlarms(stack),
    ...spilloverAlarms(stack),
    ...stackAlarms(api),
    ...batchAlarms(stack),
    ...tableAlarms(stack),
    ...lossAlarms(stack),
  ];
  for (const alarm of alarms) {
    resources.Resources[logicalId(alarm.name)] = toResource(stack.name, alarm, actions);
  }
}

/** Three alarms for all functions together, or for each ten of them. */
function functionAlarms(stack: Stack): Alarm[] {
  const names = Object.keys(stack.functions);
  return groupsOf(names).flatMap((group, index) => {
    const prefix = index === 0 ? 'functions' : `functions-${index + 1}`;
    const metricsOf = (name: string) => group.map((key) => lambdaMetric(stack, name, key));
    return [
      {
        name: `${prefix}-errors`,
        statistic: 'Sum',
        metrics: metricsOf('Errors'),
        description: `A call ended without an answer, of ${group.join(', ')}`,
      },
      {
        name: `${prefix}-throttles`,
        statistic: 'Sum',
        metrics: metricsOf('Throttles'),
        description: `No instance was free, of ${group.join(', ')}`,
      },
      {
        name: `${prefix}-duration`,
        statistic: 'p99',
        metrics: metricsOf('Duration').map((metric, place) => ({
          ...metric,
          limit: slowMs(stack, group[place] as string),
        })),
        description: `One call in a hundred takes too long, of ${group
          .map((key) => `${key} (${slowMs(stack, key)} ms)`)
          .join(', ')}`,
      },
    ];
  });
}

function lambdaMetric({ name }: Stack, metric: string, key: string): Metric {
  return { namespace: 'AWS/Lambda', name: metric, dimensions: { FunctionName: `${name}-${key}` } };
}

/** The milliseconds from which a function is too slow. */
function slowMs({ functions, provider, parameters: { p99Ms } }: Stack, key: string): number {
  const limitMs = 1000 * Number(functions[key]?.timeout ?? provider.timeout);
  return p99Ms === 'none' ? 0.8 * limitMs : Math.min(p99Ms, limitMs);
}

/** Calls that found no provisioned instance free, and so may have met a cold start. */
function spilloverAlarms(stack: Stack): Alarm[] {
  const names = Object.keys(stack.functions).filter((key) => stack.functions[key]?.provisionedConcurrency);
  return groupsOf(names).map((group, index) => ({
    name: index === 0 ? 'spillover' : `spillover-${index + 1}`,
    description: 'More calls came at once than there are provisioned instances',
    statistic: 'Sum',
    metrics: group.map((key) => {
      const metric = lambdaMetric(stack, 'ProvisionedConcurrencySpilloverInvocations', key);
      const { FunctionName } = metric.dimensions;
      return { ...metric, dimensions: { FunctionName, Resource: `${FunctionName}:provisioned` } };
    }),
  }));
}

function stackAlarms(api: Api): Alarm[] {
  return [
    {
      name: 'api-5xx',
      description: 'The API answered with a status of 500 or more',
      statistic: 'Sum',
      metrics: [{ namespace: 'AWS/ApiGateway', name: api.errorMetric, dimensions: api.dimensions }],
    },
    {
      name: 'failed-calls',
      description: 'Asynchronous calls that failed wait in the queue',
      statistic: 'Maximum',
      metrics: [
        {
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: { 'Fn::GetAtt': ['FailedCalls', 'QueueName'] } },
        },
      ],
    },
  ];
}

/** Messages of a queue for many records that have failed again and again. */
function batchAlarms({ resources: { Resources } }: Stack): Alarm[] {
  const queues = Object.keys(Resources).filter((id) => id.endsWith('BatchDeadLetters'));
  return groupsOf(queues).map((group, index) => ({
    name: index === 0 ? 'batch-failed' : `batch-failed-${index + 1}`,
    description: 'Messages that could not be answered wait in the dead-letter queue',
    statistic: 'Maximum',
    metrics: group.map((id) => ({
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } },
    })),
  }));
}

function tableAlarms(stack: Stack): Alarm[] {
  const metrics = tablesOf(stack).flatMap((table) =>
    ['ReadThrottleEvents', 'WriteThrottleEvents'].map((name) => ({
      namespace: 'AWS/DynamoDB',
      name,
      dimensions: { TableName: table },
    })),
  );
  const description = 'State or metrics could not be read or written at once';
  return metrics.length === 0 ? [] : [{ name: 'table-throttles', description, statistic: 'Sum', metrics }];
}

/** States that their store has lost, as the functions that keep one report it in their logs. */
function lossAlarms({ name, functions, custom: { roles }, provider: { environment } }: Stack): Alarm[] {
  const keepsState = (role = '') =>
    roles[role]?.some(
      (grant) => 'variable' in grant && grant.variable === 'STATE_URL' && grant.may.includes('write'),
    );
  const names = Object.keys(functions).filter((key) => keepsState(functions[key]?.role));
  const isReported = Boolean(environment.STATE_URL) && toBoolean(environment.METRICS_EMF ?? 'true') !== false;
  return groupsOf(isReported ? names : []).map((group, index) => ({
    name: index === 0 ? 'state-losses' : `state-losses-${index + 1}`,
    description: 'The state store has lost changes that it had stored',
    statistic: 'Sum',
    metrics: group.map((key) => ({
      namespace: 'Seldon',
      name: 'state_losses',
      dimensions: { function: `${name}-${key}` },
    })),
  }));
}
