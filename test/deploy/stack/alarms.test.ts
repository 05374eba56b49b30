import { describe, expect, test } from 'vitest';
import { type Resource, resourcesOf, type Template } from '../../support/stack.ts';
import { CALLING, FUNCTIONS, openLanes, templateFor } from '../../support/templates.ts';

openLanes();

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ops';

describe.concurrent('alarms', () => {
  const alarmsOf = (template: Template): Record<string, Resource['Properties']> =>
    Object.fromEntries(
      resourcesOf(template, 'AWS::CloudWatch::Alarm').map((alarm) => [
        alarm.AlarmName.replace('seldon-lambda-iris-dev-', ''),
        alarm,
      ]),
    );

  /** The metrics of an alarm, each as namespace, name, statistic and dimensions. */
  const metricsOf = ({ Metrics }: Resource['Properties']) =>
    Metrics.flatMap(({ MetricStat }: Resource['Properties']) =>
      MetricStat === undefined
        ? []
        : [
            [
              MetricStat.Metric.Namespace,
              MetricStat.Metric.MetricName,
              MetricStat.Stat,
              Object.fromEntries(
                MetricStat.Metric.Dimensions.map(({ Name, Value }: Record<string, unknown>) => [Name, Value]),
              ),
            ],
          ],
    );

  test('watch all functions together, the API, the queue and the table', async () => {
    const alarms = alarmsOf(await templateFor(['alarms=true']));
    expect(Object.keys(alarms).sort()).toEqual([
      'api-5xx',
      'failed-calls',
      // CloudWatch takes ten metrics for each alarm.
      'functions-2-duration',
      'functions-2-errors',
      'functions-2-throttles',
      'functions-duration',
      'functions-errors',
      'functions-throttles',
      'state-losses',
      'table-throttles',
    ]);
    for (const alarm of Object.values(alarms)) {
      expect(alarm).toMatchObject({
        Threshold: 1,
        TreatMissingData: 'notBreaching',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
      expect(metricsOf(alarm).length).toBeLessThanOrEqual(10);
    }
    const watched = ['functions-errors', 'functions-2-errors'].flatMap((name) => metricsOf(alarms[name]));
    expect(watched.sort()).toEqual(
      FUNCTIONS.map((name) => [
        'AWS/Lambda',
        'Errors',
        'Sum',
        { FunctionName: `seldon-lambda-iris-dev-${name}` },
      ]).sort(),
    );
    expect(metricsOf(alarms['api-5xx'])).toEqual([
      ['AWS/ApiGateway', '5xx', 'Sum', { ApiId: { Ref: 'HttpApi' } }],
    ]);
  });

  test('know what a REST API is called', async () => {
    const template = await templateFor(['api=rest', 'alarms=true']);
    const [{ Name }] = resourcesOf(template, 'AWS::ApiGateway::RestApi');
    expect(metricsOf(alarmsOf(template)['api-5xx'])).toEqual([
      ['AWS/ApiGateway', '5XXError', 'Sum', { ApiName: Name, Stage: 'dev' }],
    ]);
  });

  test.each([
    ['80 % of the time-out', [], [23_200, 8000, 4000]],
    ['p99Ms, but no later than the time-out', ['p99Ms=6000'], [6000, 6000, 5000]],
  ])('start at %s', async (_when, parameters, [predict, metrics, notFound]) => {
    const alarms = alarmsOf(await templateFor(['alarms=true', ...parameters]));
    const [{ Expression: first }] = alarms['functions-duration'].Metrics;
    const [{ Expression: second }] = alarms['functions-2-duration'].Metrics;
    expect(first).toMatch(new RegExp(`^MAX\\(\\[FILL\\(m0,0\\)/${predict},`));
    expect(first).toContain(`/${metrics}`);
    expect(second).toContain(`/${notFound}`);
  });

  test('tell of a state that is lost, by the functions that keep it', async () => {
    const alarms = alarmsOf(await templateFor(['alarms=true']));
    // The metric that a function with this name writes: see test/doors/state.test.ts.
    const watched = metricsOf(alarms['state-losses']);
    expect(watched).toHaveLength(CALLING.length);
    expect(watched).toEqual(
      expect.arrayContaining(
        CALLING.map((name) => [
          'Seldon',
          'state_losses',
          'Sum',
          { function: `seldon-lambda-iris-dev-${name}` },
        ]),
      ),
    );
    const single = alarmsOf(await templateFor(['functions=single', 'alarms=true']));
    expect(metricsOf(single['state-losses'])).toEqual([
      ['Seldon', 'state_losses', 'Sum', { function: 'seldon-lambda-iris-dev-all' }],
    ]);
  });

  test.each<Record<string, string>>([{ METRICS_EMF: 'false' }, { STATE_URL: '' }])(
    'do not wait for lost states that are not reported, with %j',
    async (environment) => {
      const template = await templateFor(['alarms=true'], { environment });
      expect(alarmsOf(template)).not.toHaveProperty('state-losses');
    },
  );

  test('tell of calls that found no provisioned instance free', async () => {
    const template = await templateFor(['provisionedConcurrency=2', 'alarms=true']);
    const name = 'seldon-lambda-iris-dev-predict';
    expect(metricsOf(alarmsOf(template).spillover)).toEqual([
      [
        'AWS/Lambda',
        'ProvisionedConcurrencySpilloverInvocations',
        'Sum',
        { FunctionName: name, Resource: `${name}:provisioned` },
      ],
    ]);
  });

  test.each([
    ['nobody', ['alarms=true'], []],
    ['a topic', [`alarmTopic=${TOPIC}`], [TOPIC]],
    ['an e-mail address', ['alarmTopic=ops@example.com'], [{ Ref: 'AlarmTopic' }]],
  ])('tell %s', async (_whom, parameters, actions) => {
    const template = await templateFor(parameters);
    expect(Object.keys(alarmsOf(template)).length).toBeGreaterThan(5);
    for (const { AlarmActions, OKActions } of Object.values(alarmsOf(template))) {
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: actions, OKActions: actions });
    }
    const topics = resourcesOf(template, 'AWS::SNS::Topic');
    expect(topics.flatMap(({ Subscription }) => Subscription)).toEqual(
      parameters[0]?.includes('@') ? [{ Protocol: 'email', Endpoint: 'ops@example.com' }] : [],
    );
  });

  test('are not there without anybody to tell', async () => {
    expect(alarmsOf(await templateFor())).toEqual({});
  });

  test('are not there with alarms=false', async () => {
    expect(alarmsOf(await templateFor(['alarms=false', 'alarmTopic=ops@example.com']))).toEqual({});
  });
});
