/** CloudWatch's limit for the metrics of one alarm. */
const MAX_METRICS = 10;

/** A metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** Divides its values; default 1. */
  readonly limit?: number;
}

/** Metrics over five minutes, and the value at which they raise an alarm. */
export interface Alarm {
  readonly name: string;
  readonly description: string;
  readonly statistic: 'Sum' | 'Maximum' | 'p99';
  /** At most {@link MAX_METRICS}; how several become one value depends on the statistic: sum or maximum. */
  readonly metrics: readonly Metric[];
}

/** Items in groups of so many as the metrics of one alarm. */
export function groupsOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / MAX_METRICS) }, (_, group) =>
    items.slice(group * MAX_METRICS, (group + 1) * MAX_METRICS),
  );
}

/** The resource of an alarm. `actions`: the topics that get its messages. */
export function toResource(stackName: string, alarm: Alarm, actions: readonly unknown[]) {
  const { name, description, statistic, metrics } = alarm;
  const combine = statistic === 'Sum' ? 'SUM' : 'MAX';
  // A function that nobody calls has no data.
  const values = metrics.map(({ limit = 1 }, index) => `FILL(m${index},0)${limit === 1 ? '' : `/${limit}`}`);
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${stackName}-${name}`,
      AlarmDescription: description,
      Metrics: [
        { Id: 'all', Expression: `${combine}([${values.join(',')}])`, Label: name, ReturnData: true },
        ...metrics.map(({ namespace, name, dimensions }, index) => ({
          Id: `m${index}`,
          ReturnData: false,
          MetricStat: {
            Period: 300,
            Stat: statistic,
            Metric: {
              Namespace: namespace,
              MetricName: name,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
          },
        })),
      ],
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      // No data means no calls.
      TreatMissingData: 'notBreaching',
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}

/** The id of the resource: `functions-errors` -> `FunctionsErrorsAlarm`. */
export function logicalId(name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Alarm`;
}
