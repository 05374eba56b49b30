import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { protocols } from '../../../src/runtime/protocols/index.ts';
import { type Resource, resourcesOf, serverless, type Template } from '../../support/stack.ts';
import { FUNCTIONS, inTurn, openLanes, PATHS, templateFor } from '../../support/templates.ts';

openLanes();

describe.concurrent('functions', () => {
  test('have runtime, memory, time-out, JSON logs and traces', async () => {
    const template = await templateFor(['memory=512', 'timeout=20']);
    const definitions = resourcesOf(template, 'AWS::Lambda::Function');
    expect(definitions).toHaveLength(FUNCTIONS.length);
    const others: Record<string, object> = {
      docs: { MemorySize: 256, Timeout: 10 },
      metrics: { MemorySize: 256, Timeout: 10 },
      'not-found': { MemorySize: 128, Timeout: 5 },
      ping: { MemorySize: 128, Timeout: 5 },
    };
    for (const definition of definitions) {
      const name = definition.FunctionName.replace('seldon-lambda-iris-dev-', '');
      expect(definition).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
        TracingConfig: { Mode: 'Active' },
        Tags: [
          { Key: 'service', Value: 'seldon-lambda-iris' },
          { Key: 'stage', Value: 'dev' },
        ],
        ...(others[name] ?? { MemorySize: 512, Timeout: 20 }),
      });
    }
  });

  test('have logs that end, those of the API too', async () => {
    const template = await templateFor();
    const groups = resourcesOf(template, 'AWS::Logs::LogGroup');
    expect(groups.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(
      [
        ...FUNCTIONS.map((name) => `/aws/lambda/seldon-lambda-iris-dev-${name}`),
        '/aws/http-api/seldon-lambda-iris-dev',
      ].sort(),
    );
    expect(new Set(groups.map(({ RetentionInDays }) => RetentionInDays))).toEqual(new Set([14]));
    const [{ AccessLogSettings }] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({ status: '$context.status' });
  });

  test('trace only what the caller traces with tracing=PassThrough, behind a REST API too', async () => {
    const template = await templateFor(['tracing=PassThrough', 'api=rest']);
    for (const { TracingConfig } of resourcesOf(template, 'AWS::Lambda::Function')) {
      expect(TracingConfig).toEqual({ Mode: 'PassThrough' });
    }
    expect(resourcesOf(template, 'AWS::ApiGateway::Stage')).toMatchObject([{ TracingEnabled: false }]);
    const active = await templateFor(['api=rest']);
    expect(resourcesOf(active, 'AWS::ApiGateway::Stage')).toMatchObject([{ TracingEnabled: true }]);
  });
});

test('with functions=single are one, with all paths and no retry that could count a reward twice', async () => {
  const template = await templateFor(['functions=single', 'provisionedConcurrency=1']);
  const definitions = resourcesOf(template, 'AWS::Lambda::Function');
  expect(definitions).toMatchObject([{ Handler: 'handlers/all.handler', MemorySize: 1024 }]);
  const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey as string);
  expect(routes.filter((key) => !key.startsWith('OPTIONS ')).sort()).toEqual(
    ['$default', ...PATHS.map((path) => `ANY ${path}`)].sort(),
  );
  expect(resourcesOf(template, 'AWS::Lambda::Alias')).toHaveLength(1);
  const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig');
  expect(configs.map(({ MaximumRetryAttempts }) => MaximumRetryAttempts)).toEqual([0, 0]);
});

describe.concurrent('a stage', () => {
  const settingsOf = (template: Template) => ({
    days: new Set(resourcesOf(template, 'AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays)),
    isProtected: resourcesOf(template, 'AWS::DynamoDB::Table')[0].DeletionProtectionEnabled,
    throttle: resourcesOf(template, 'AWS::ApiGatewayV2::Stage')[0].DefaultRouteSettings,
  });

  test('has parameters of its own, and the command line is over them', async () => {
    expect(settingsOf(await templateFor())).toEqual({
      days: new Set([14]),
      isProtected: false,
      throttle: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
    });
    expect(settingsOf(await templateFor([], { stage: 'prod' }))).toEqual({
      days: new Set([90]),
      isProtected: true,
      throttle: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
    const given = ['logDays=7', 'protected=false', 'throttleRate=3'];
    expect(settingsOf(await templateFor(given, { stage: 'prod' }))).toEqual({
      days: new Set([7]),
      isProtected: false,
      throttle: { ThrottlingRateLimit: 3, ThrottlingBurstLimit: 2000 },
    });
  });

  test('of a REST API is throttled in the template, and has what was there before its deployment', async () => {
    const template = await templateFor(['api=rest', 'throttleRate=3']);
    const [stage] = resourcesOf(template, 'AWS::ApiGateway::Stage');
    expect(stage).toMatchObject({
      StageName: 'dev',
      MethodSettings: [
        { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 3, ThrottlingBurstLimit: 200 },
      ],
    });
    const deployment = template.Resources[stage.DeploymentId.Ref] as Resource;
    // A deployment that names a stage makes it, and there would be two.
    expect(deployment.Properties).not.toHaveProperty('StageName');
    const before = Object.entries(template.Resources).filter(([, { Type }]) =>
      /ApiGateway::(Method|GatewayResponse)$/.test(Type),
    );
    expect(deployment.DependsOn).toEqual(expect.arrayContaining(before.map(([id]) => id)));
  });
});

test('a path of /metrics that it has anyway is one route; one of another function is refused', async () => {
  const routesOf = (template: Template) =>
    resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey as string);
  const environment = { PREDICTIVE_UNIT_METRICS_ENDPOINT: '/metrics' };
  const routes = routesOf(await templateFor([], { environment }));
  expect(routes.filter((key) => key === 'ANY /metrics')).toHaveLength(1);
  expect(routes).not.toContain('ANY /prometheus');
  const taken = { PREDICTIVE_UNIT_METRICS_ENDPOINT: '/predict' };
  const { code, text } = await inTurn((project) => serverless(project, ['package'], [], taken));
  expect(text).toContain("Duplicate route 'ANY /predict' configuration in function metrics");
  expect(code).toBe(1);
});

describe.concurrent('what is kept warm', () => {
  test('nothing by default', async () => {
    const template = await templateFor();
    expect(resourcesOf(template, 'AWS::Lambda::Alias')).toEqual([]);
    expect(resourcesOf(template, 'AWS::Events::Rule')).toEqual([]);
  });

  test.each(['http', 'rest'])('instances of predict, which the %s API calls', async (api) => {
    const template = await templateFor(['provisionedConcurrency=2', `api=${api}`]);
    expect(resourcesOf(template, 'AWS::Lambda::Alias')).toEqual([
      expect.objectContaining({
        FunctionName: { Ref: 'PredictLambdaFunction' },
        Name: 'provisioned',
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
      }),
    ]);
    const calls = [
      ...resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(({ IntegrationUri }) => IntegrationUri),
      ...resourcesOf(template, 'AWS::ApiGateway::Method').map(({ Integration }) => Integration.Uri),
    ].map((uri) => JSON.stringify(uri) ?? '');
    const ofPredict = calls.filter((uri) => uri.includes('"PredictLambdaFunction"'));
    expect(ofPredict.length).toBeGreaterThan(0);
    expect(calls.filter((uri) => uri.includes('provisioned'))).toEqual(ofPredict);
    // A failed asynchronous call of the function goes to the queue, as one of the alias does.
    const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig');
    const ofPredicts = configs.filter(({ FunctionName }) => FunctionName.Ref === 'PredictLambdaFunction');
    expect(ofPredicts.map(({ Qualifier }) => Qualifier).sort()).toEqual(['$LATEST', 'provisioned']);
    for (const { DestinationConfig } of ofPredicts) {
      expect(DestinationConfig).toEqual({
        OnFailure: { Destination: { 'Fn::GetAtt': ['FailedCalls', 'Arn'] } },
      });
    }
  });

  test('as many retries of send-feedback, which may count twice, without the alias as with it', async () => {
    const template = await templateFor(['provisionedConcurrency=1', 'warmFunctions=send-feedback']);
    const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig').filter(
      ({ FunctionName }) => FunctionName.Ref === 'SendDashfeedbackLambdaFunction',
    );
    expect(configs.map(({ MaximumRetryAttempts }) => MaximumRetryAttempts)).toEqual([0, 0]);
  });

  test('at most as many instances as are reserved', async () => {
    const template = await templateFor(['reservedConcurrency=5']);
    const limits = resourcesOf(template, 'AWS::Lambda::Function').map(
      ({ Handler, ReservedConcurrentExecutions }) => [Handler, ReservedConcurrentExecutions],
    );
    expect(limits.filter(([, limit]) => limit !== undefined)).toEqual([['handlers/predict.handler', 5]]);
  });

  test('one instance of each function that is asked for, by a schedule', async () => {
    const template = await templateFor(['warmUp=rate(5 minutes)', 'warmFunctions=predict, send-feedback']);
    const rules = resourcesOf(template, 'AWS::Events::Rule');
    expect(
      rules.map(({ ScheduleExpression, State, Targets }) => [
        ScheduleExpression,
        State,
        Targets.map(({ Arn }: { Arn: unknown }) => Arn),
        // The function knows EventBridge's own event.
        Targets.some((target: object) => 'Input' in target),
      ]),
    ).toEqual(
      ['PredictLambdaFunction', 'SendDashfeedbackLambdaFunction'].map((id) => [
        'rate(5 minutes)',
        'ENABLED',
        [{ 'Fn::GetAtt': [id, 'Arn'] }],
        false,
      ]),
    );
    const allowed = resourcesOf(template, 'AWS::Lambda::Permission').filter(
      ({ Principal }) => Principal === 'events.amazonaws.com',
    );
    expect(allowed).toHaveLength(2);
  });
});

test('serverless print shows what is deployed', async () => {
  const { code, text } = await inTurn((project) =>
    serverless(project, ['print'], ['warmUp=rate(1 hour)', 'alarms=true']),
  );
  expect(code).toBe(0);
  const { functions, resources } = parseYaml(text);
  expect(functions.predict.events).toEqual([
    ...Object.keys(protocols.routesOf('predict')).flatMap((path) => [
      { httpApi: { method: 'ANY', path, authorizer: { type: 'aws_iam' } } },
      { httpApi: { method: 'OPTIONS', path } },
    ]),
    { schedule: { rate: ['rate(1 hour)'] } },
  ]);
  expect(Object.keys(resources.Resources)).toEqual(
    expect.arrayContaining(['StatefulRole', 'MetricsRole', 'FunctionsErrorsAlarm']),
  );
});
