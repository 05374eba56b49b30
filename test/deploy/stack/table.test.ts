import { describe, expect, test } from 'vitest';
import { resourcesOf, serverless, type Template } from '../../support/stack.ts';
import { inTurn, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

const TABLE = 'seldon-lambda-iris-dev-state';

/** The table that the stack makes, and the tables whose throttling raises an alarm. */
function tablesOf(template: Template) {
  const watched = Object.values(template.Resources).flatMap(({ Type, Properties: { Metrics = [] } }) =>
    Type === 'AWS::CloudWatch::Alarm' ? metricsOf(Metrics, 'AWS/DynamoDB') : [],
  );
  return {
    made: resourcesOf(template, 'AWS::DynamoDB::Table').map(({ TableName }) => TableName),
    watched: [...new Set(watched.map(({ Dimensions }) => Dimensions[0]?.Value))],
    output: template.Outputs.StateTable?.Value,
  };
}

interface Metric {
  readonly Namespace: string;
  readonly Dimensions: readonly { readonly Value: unknown }[];
}

function metricsOf(parts: readonly { MetricStat?: { Metric: Metric } }[], namespace: string): Metric[] {
  return parts.flatMap(({ MetricStat }) =>
    MetricStat?.Metric.Namespace === namespace ? MetricStat.Metric : [],
  );
}

describe.concurrent('the table of the state', () => {
  test('stays when the stack is removed, and goes with a deployment that failed to make it', async () => {
    const { Resources } = await templateFor(['alarms=true']);
    expect(Resources.StateTable).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test.each([
    ['the state', {}, { made: [TABLE], watched: [TABLE], output: TABLE }],
    [
      'the metrics',
      { STATE_URL: 'redis://host', METRICS_URL: `dynamodb://${TABLE}` },
      { made: [TABLE], watched: [TABLE], output: TABLE },
    ],
    ['nothing', { STATE_URL: 's3://bucket' }, { made: [], watched: [], output: undefined }],
    ['nothing, without state', { STATE_URL: '' }, { made: [], watched: [], output: undefined }],
    [
      'nothing: it is in another table',
      { STATE_URL: 'dynamodb://other' },
      { made: [], watched: ['other'], output: undefined },
    ],
  ])('is made where it has %s', async (_what, environment, expected) => {
    expect(tablesOf(await templateFor(['alarms=true'], { environment }))).toEqual(expected);
  });

  test('is not made with stateTable=existing', async () => {
    expect(tablesOf(await templateFor(['alarms=true', 'stateTable=existing']))).toEqual({
      made: [],
      watched: [TABLE],
      output: TABLE,
    });
  });

  test('stateTable=existing without a store in it is refused', async () => {
    const environment = { STATE_URL: 's3://bucket' };
    const { code, text } = await inTurn((project) =>
      serverless(project, ['package'], ['stateTable=existing'], environment),
    );
    expect(text).toContain(
      `parameter stateTable is existing, but neither STATE_URL nor METRICS_URL is dynamodb://${TABLE}; expected own`,
    );
    expect(code).toBe(1);
  });
});
