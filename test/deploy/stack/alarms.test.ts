import { describe, expect, test } from 'vitest';
import { type Resource, resourcesOf, type Template } from '../../support/stack.ts';
import { FUNCTIONS, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ops';

describe.concurrent('alarms', () => {
  const alarmsOf = (template: Template): Record<string, Resource['Properties']> =>
    Object.fromEntries(
      resourcesOf(template, 'AWS::CloudWatch::Alarm').map((alarm) => [
        alarm.AlarmName.replace('seldon-lambda-dev-', ''),
        alarm,
      ]),
    );

  test('watch every function, the API, the queue and the table', async () => {
    const alarms = alarmsOf(await templateFor());
    expect(Object.keys(alarms).sort()).toEqual(
      [
        ...FUNCTIONS.flatMap((name) => [`${name}-errors`, `${name}-throttles`, `${name}-duration`]),
        'api-5xx',
        'failed-calls',
        'table-read-throttles',
        'table-write-throttles',
      ].sort(),
    );
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({
        Threshold: expect.any(Number),
        TreatMissingData: 'notBreaching',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
    }
    const dimension = { Name: 'FunctionName', Value: 'seldon-lambda-dev-predict' };
    expect(alarms['predict-errors']).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [dimension],
      Threshold: 1,
    });
    expect(alarms['predict-duration']).toMatchObject({
      MetricName: 'Duration',
      ExtendedStatistic: 'p99',
      Dimensions: [dimension],
      Threshold: 0.8 * 29_000,
    });
    expect(alarms['metrics-duration']).toMatchObject({ Threshold: 8000 });
    expect(alarms['api-5xx']).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
    });
  });

  test('know what a REST API is called', async () => {
    const template = await templateFor(['api=rest']);
    const [{ Name }] = resourcesOf(template, 'AWS::ApiGateway::RestApi');
    expect(alarmsOf(template)['api-5xx']).toMatchObject({
      MetricName: '5XXError',
      Dimensions: [
        { Name: 'ApiName', Value: Name },
        { Name: 'Stage', Value: 'dev' },
      ],
    });
  });

  test('start at p99Ms, but no later than the time-out', async () => {
    const alarms = alarmsOf(await templateFor(['p99Ms=6000']));
    expect(alarms['predict-duration']).toMatchObject({ Threshold: 6000 });
    expect(alarms['not-found-duration']).toMatchObject({ Threshold: 5000 });
  });

  test.each([
    ['nobody', [], []],
    ['a topic', [`alarmTopic=${TOPIC}`], [TOPIC]],
    ['an e-mail address', ['alarmTopic=ops@example.com'], [{ Ref: 'AlarmTopic' }]],
  ])('tell %s', async (_whom, parameters, actions) => {
    const template = await templateFor(parameters);
    for (const { AlarmActions, OKActions } of Object.values(alarmsOf(template))) {
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: actions, OKActions: actions });
    }
    const topics = resourcesOf(template, 'AWS::SNS::Topic');
    expect(topics.flatMap(({ Subscription }) => Subscription)).toEqual(
      parameters[0]?.includes('@') ? [{ Protocol: 'email', Endpoint: 'ops@example.com' }] : [],
    );
  });

  test('are not there with alarms=false', async () => {
    expect(alarmsOf(await templateFor(['alarms=false', 'alarmTopic=ops@example.com']))).toEqual({});
  });
});
