import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Configuration } from '../../src/deploy/serverless-types.ts';
import { readParameters } from '../../src/deploy/stack/parameters.ts';
import { functionOfPath } from '../support/functions.ts';
import { removeFolders } from '../support/project.ts';
import {
  copyWithZip,
  type Resource,
  readTemplate,
  resourcesOf,
  serverless,
  type Template,
  templatePath,
} from '../support/stack.ts';

const FUNCTIONS = [...new Set(functionOfPath.values())];
const PATHS = [...functionOfPath.keys()].filter((path) => path !== '*');
const ASYNCHRONOUS = [
  'aggregate',
  'health',
  'predict',
  'route',
  'send-feedback',
  'transform-input',
  'transform-output',
];
const POOL = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ops';
const JWT = ['auth=jwt', 'jwtIssuer=https://issuer.example/', 'jwtAudience=iris,people'];

const CONFIGURATION = parseYaml(
  readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8'),
) as Configuration;

/** A copy of the project, in which one command runs at a time. */
interface Lane {
  readonly project: string;
  waiting: number;
  last: Promise<unknown>;
}

const templates = new Map<string, Promise<Template>>();
/** Each command takes two seconds of one processor. */
const lanes: Lane[] = [];

beforeAll(() => {
  for (let lane = 0; lane < 2; lane++) {
    lanes.push({ project: copyWithZip(), waiting: 0, last: Promise.resolve() });
  }
});

afterAll(removeFolders, 60_000);

/** The template for parameters, a stage and an environment; made once for all tests. */
function templateFor(
  parameters: readonly string[] = [],
  { stage = 'dev', environment = {} }: { stage?: string; environment?: Record<string, string> } = {},
): Promise<Template> {
  const key = JSON.stringify([parameters, stage, environment]);
  const made =
    templates.get(key) ??
    inTurn(async (project) => {
      const { code, text } = await serverless(
        project,
        ['package', '--stage', stage],
        parameters,
        environment,
      );
      expect({ code, text }).toMatchObject({ code: 0 });
      return readTemplate(project);
    });
  templates.set(key, made);
  return made;
}

/** Runs in the project where fewest wait. */
function inTurn<T>(run: (project: string) => Promise<T>): Promise<T> {
  const lane = lanes.reduce((least, each) => (each.waiting < least.waiting ? each : least));
  lane.waiting++;
  const made = lane.last.then(() => run(lane.project)).finally(() => lane.waiting--);
  lane.last = made.catch(() => undefined);
  return made;
}

describe.concurrent('who may call', () => {
  /** What a caller has to bring, by method and path; the path of what no other function has is `*`. */
  function locksOf(template: Template): Record<string, string> {
    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(
      ({ RouteKey, AuthorizationType = 'NONE' }) => [
        RouteKey.replace('$default', 'ANY *'),
        AuthorizationType,
      ],
    );
    const methods = resourcesOf(template, 'AWS::ApiGateway::Method').map(
      ({ HttpMethod, ResourceId, AuthorizationType, ApiKeyRequired }) => [
        `${HttpMethod} ${pathOf(template, ResourceId.Ref)}`,
        ApiKeyRequired ? 'API_KEY' : AuthorizationType,
      ],
    );
    return Object.fromEntries([...routes, ...methods]);
  }

  /** The path of a resource of a REST API. */
  function pathOf({ Resources }: Template, id: string | undefined): string {
    if (id === undefined) {
      return '/';
    }
    const { PathPart, ParentId } = (Resources[id] as Resource).Properties;
    const path = `${pathOf({ Resources }, ParentId.Ref)}/${PathPart}`.replace('//', '/');
    return path === '/{proxy+}' ? '*' : path;
  }

  test.each([
    ['by default', [], 'AWS_IAM', 'http'],
    ['auth=iam', ['auth=iam', 'api=http'], 'AWS_IAM', 'http'],
    ['auth=jwt', JWT, 'JWT', 'http'],
    ['auth=none', ['auth=none'], 'NONE', 'http'],
    ['auth=apikey', ['auth=apikey'], 'API_KEY', 'rest'],
    ['api=rest', ['api=rest'], 'AWS_IAM', 'rest'],
    ['api=rest auth=apikey', ['api=rest', 'auth=apikey'], 'API_KEY', 'rest'],
    ['api=rest auth=jwt', ['api=rest', 'auth=jwt', `userPool=${POOL}`], 'COGNITO_USER_POOLS', 'rest'],
    ['api=rest auth=none', ['api=rest', 'auth=none'], 'NONE', 'rest'],
  ])('%s: every path but /health/ping asks for it', async (_name, parameters, lock, api) => {
    const locks = locksOf(await templateFor(parameters));
    const calls = Object.entries(locks).filter(([route]) => !route.startsWith('OPTIONS '));
    const paths = [...PATHS, '*', ...(api === 'rest' ? ['/'] : [])];
    expect(Object.fromEntries(calls)).toEqual(
      Object.fromEntries(paths.map((path) => [`ANY ${path}`, path === '/health/ping' ? 'NONE' : lock])),
    );
  });

  test.each([
    ['an HTTP API', [], [...PATHS].filter((path) => path !== '/health/ping')],
    ['a REST API', ['api=rest'], [...PATHS, '*', '/']],
  ])('%s lets browsers ask without credentials whether they may call', async (_name, parameters, paths) => {
    const locks = locksOf(await templateFor(parameters));
    const questions = Object.entries(locks).filter(([route]) => route.startsWith('OPTIONS '));
    expect(Object.fromEntries(questions)).toEqual(
      Object.fromEntries(paths.map((path) => [`OPTIONS ${path}`, 'NONE'])),
    );
  });

  test('auth=jwt: an HTTP API takes the tokens of the issuer for the audience', async () => {
    const template = await templateFor(JWT);
    expect(resourcesOf(template, 'AWS::ApiGatewayV2::Authorizer')).toEqual([
      expect.objectContaining({
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'https://issuer.example/', Audience: ['iris', 'people'] },
      }),
    ]);
    for (const { AuthorizationType, AuthorizerId } of resourcesOf(template, 'AWS::ApiGatewayV2::Route')) {
      if (AuthorizationType === 'JWT') {
        expect(template.Resources[AuthorizerId.Ref]?.Type).toBe('AWS::ApiGatewayV2::Authorizer');
      }
    }
  });

  test('auth=jwt: a REST API takes the tokens of the user pool', async () => {
    const template = await templateFor(['api=rest', 'auth=jwt', `userPool=${POOL}`]);
    expect(resourcesOf(template, 'AWS::ApiGateway::Authorizer')).toEqual([
      expect.objectContaining({ Type: 'COGNITO_USER_POOLS', ProviderARNs: [POOL] }),
    ]);
  });

  test('auth=apikey: there is a key, in a plan with throttle and quota for this stage', async () => {
    const template = await templateFor([
      'auth=apikey',
      'throttleRate=5',
      'throttleBurst=9',
      'quotaPerMonth=1000',
    ]);
    const [plan] = resourcesOf(template, 'AWS::ApiGateway::UsagePlan');
    expect(plan).toMatchObject({
      ApiStages: [{ ApiId: { Ref: 'ApiGatewayRestApi' }, Stage: 'dev' }],
      Throttle: { RateLimit: 5, BurstLimit: 9 },
      Quota: { Limit: 1000, Period: 'MONTH' },
    });
    expect(resourcesOf(template, 'AWS::ApiGateway::ApiKey')).toMatchObject([{ Enabled: true }]);
    const [planKey] = resourcesOf(template, 'AWS::ApiGateway::UsagePlanKey');
    expect(template.Resources[planKey.KeyId.Ref]?.Type).toBe('AWS::ApiGateway::ApiKey');
    // Both name the stage, but do not refer to it.
    for (const { Type, DependsOn } of Object.values(template.Resources)) {
      if (/UsagePlan$|ApiKey$/.test(Type)) {
        expect(DependsOn).toContain('ApiGatewayStage');
      }
    }
  });

  test('no quota without quotaPerMonth', async () => {
    const [plan] = resourcesOf(await templateFor(['auth=apikey']), 'AWS::ApiGateway::UsagePlan');
    expect(plan).not.toHaveProperty('Quota');
  });
});

describe.concurrent('parameters that cannot be are refused in one sentence', () => {
  test.concurrent.each([
    [['memory=64'], 'parameter memory is 64; expected a whole number from 128 to 10240'],
    [['memroy=512'], /^there is no parameter memroy; expected one of: auth, api, .*, protected$/],
    [
      ['warmFunctions=predict,preditc'],
      /^parameter warmFunctions has preditc; expected names of predict, send-feedback, .*, not-found$/,
    ],
    [
      ['auth=apikey', 'api=http'],
      'auth=apikey is not available with api=http; expected auth=none, iam, jwt, or another api',
    ],
    [['auth=jwt'], 'auth=jwt with api=http needs --param jwtIssuer=... and --param jwtAudience=...'],
    [['auth=jwt', 'jwtAudience=iris'], 'auth=jwt with api=http needs --param jwtIssuer=...'],
    [['auth=jwt', 'api=rest'], 'auth=jwt with api=rest needs --param userPool=...'],
    [['quotaPerMonth=5'], 'parameter quotaPerMonth has no meaning for auth=iam with api=http; expected none'],
    [
      [...JWT, `userPool=${POOL}`],
      'parameter userPool has no meaning for auth=jwt with api=http; expected none',
    ],
  ])('%j, and there is no template', async (parameters, sentence) => {
    const other = copyWithZip();
    const { code, text } = await serverless(other, ['package'], parameters);
    const [said] = text.split('\n').filter((line) => /parameter|auth=/.test(line));
    expect(said).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    expect(text).not.toMatch(/^ {4}at /m);
    expect(code).toBe(1);
    expect(existsSync(templatePath(other))).toBe(false);
  });

  test.each([
    ['auth=maybe', 'iam, jwt, apikey, none'],
    ['api=soap', 'auto, http, rest'],
    ['jwtIssuer=http://issuer', 'the https:// URL of the issuer of the tokens; or none'],
    ['jwtAudience=a,,b', 'the audiences of the tokens, comma-separated; or none'],
    ['userPool=mine', 'the ARN of a Cognito user pool; or none'],
    ['memory=1 GB', 'a whole number from 128 to 10240'],
    ['timeout=30', 'a whole number from 1 to 29'],
    ['logDays=10', /^1, 3, 5, 7, 14, 30, .*, 3653$/],
    ['tracing=on', 'Active, PassThrough'],
    ['throttleRate=0', 'a whole number from 1 to 100000'],
    ['throttleBurst=1e3', 'a whole number from 1 to 100000'],
    ['quotaPerMonth=all', 'a whole number from 1 to 2000000000; or none'],
    ['alarms=yes', 'true, false'],
    ['alarmTopic=ops', 'an e-mail address, or the ARN of an SNS topic; or none'],
    ['p99Ms=0.5', 'a whole number from 1 to 29000; or none'],
    ['provisionedConcurrency=-1', 'a whole number from 0 to 1000'],
    ['warmUp=rate(1 minutes)', 'rate(5 minutes), or cron(...) with six fields; or none'],
    ['warmUp=cron(0 9 * * *)', 'rate(5 minutes), or cron(...) with six fields; or none'],
    ['warmFunctions=', 'names of functions, comma-separated'],
    ['protected=1', 'true, false'],
  ])('%s', (given, expected) => {
    const [name, value] = given.split('=');
    let said = '';
    try {
      readParameters(CONFIGURATION, 'prod', [given]);
    } catch (error) {
      said = (error as Error).message;
    }
    const prefix = `parameter ${name} is ${value}; expected `;
    expect(said.slice(0, prefix.length)).toBe(prefix);
    expect(said.slice(prefix.length)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });

  test('and one of a stage as one of the command line', () => {
    const { params } = CONFIGURATION;
    const configuration = { ...CONFIGURATION, params: { ...params, test: { auth: 'nobody' } } };
    expect(() => readParameters(configuration, 'test', [])).toThrow(
      'parameter auth is nobody; expected iam, jwt, apikey, none',
    );
    expect(readParameters(configuration, 'test', ['auth=none']).auth).toBe('none');
  });
});

describe.concurrent('CORS comes from CORS_ALLOWED_ORIGINS and CORS_ALLOWED_HEADERS, for functions and API alike', () => {
  const two = {
    CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    CORS_ALLOWED_HEADERS: 'content-type,x-mine',
  };
  const one = { CORS_ALLOWED_ORIGINS: 'https://a.example' };
  const off = { CORS_ALLOWED_ORIGINS: '' };

  test('of an HTTP API', async () => {
    const corsOf = async (environment: Record<string, string>) => {
      const template = await templateFor([], { environment });
      const [{ Environment }] = resourcesOf(template, 'AWS::Lambda::Function');
      expect(Environment.Variables).toMatchObject(environment);
      return resourcesOf(template, 'AWS::ApiGatewayV2::Api')[0].CorsConfiguration;
    };
    expect(await corsOf({})).toMatchObject({
      AllowOrigins: ['*'],
      AllowMethods: ['GET', 'POST', 'OPTIONS'],
      AllowHeaders: expect.arrayContaining(['authorization', 'content-type', 'idempotency-key']),
      ExposeHeaders: ['Seldon-Puid'],
    });
    expect(await corsOf(two)).toMatchObject({
      AllowOrigins: ['https://a.example', 'https://b.example'],
      AllowHeaders: ['content-type', 'x-mine'],
    });
    expect(await corsOf(off)).toBeUndefined();
  });

  test('of a REST API', async () => {
    const answersOf = async (environment: Record<string, string>) => {
      const template = await templateFor(['api=rest'], { environment });
      const questions = resourcesOf(template, 'AWS::ApiGateway::Method').filter(
        ({ HttpMethod }) => HttpMethod === 'OPTIONS',
      );
      const refusals = resourcesOf(template, 'AWS::ApiGateway::GatewayResponse');
      return {
        questions: questions.map(({ Integration }) => JSON.stringify(Integration)),
        refusals: refusals.flatMap(({ ResponseParameters }) => Object.values(ResponseParameters)),
      };
    };
    const first = await answersOf(one);
    expect(first.questions.length).toBeGreaterThan(PATHS.length);
    for (const text of first.questions) {
      expect(text).toContain("'https://a.example'");
    }
    expect(first.refusals).toEqual(["'https://a.example'", "'https://a.example'"]);
    const second = await answersOf(two);
    for (const text of second.questions) {
      expect(text).toMatch(/https:\/\/b\[\.\]example/);
      expect(text).toContain("'content-type,x-mine'");
    }
    expect(second.refusals).toEqual([]);
    expect(await answersOf(off)).toEqual({ questions: [], refusals: [] });
  });
});

describe.concurrent('functions', () => {
  test('have runtime, memory, time-out, JSON logs and traces', async () => {
    const template = await templateFor(['memory=512', 'timeout=20']);
    const definitions = resourcesOf(template, 'AWS::Lambda::Function');
    expect(definitions).toHaveLength(FUNCTIONS.length);
    const others: Record<string, object> = {
      docs: { MemorySize: 256, Timeout: 10 },
      metrics: { MemorySize: 256, Timeout: 10 },
      'not-found': { MemorySize: 128, Timeout: 5 },
    };
    for (const definition of definitions) {
      const name = definition.FunctionName.replace('seldon-lambda-dev-', '');
      expect(definition).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
        TracingConfig: { Mode: 'Active' },
        Tags: [
          { Key: 'service', Value: 'seldon-lambda' },
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
        ...FUNCTIONS.map((name) => `/aws/lambda/seldon-lambda-dev-${name}`),
        '/aws/http-api/seldon-lambda-dev',
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
  const { code, text } = await serverless(copyWithZip(), ['package'], [], taken);
  expect(text).toContain("Duplicate route 'ANY /predict' configuration in function metrics");
  expect(code).toBe(1);
});

describe.concurrent('permissions', () => {
  const TABLE = {
    'Fn::Sub':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own.
      'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/seldon-lambda-dev-state',
  };
  const s3 = (...names: string[]) =>
    names.map((name) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${name}` }));
  const SEND = [['sqs:SendMessage'], { 'Fn::GetAtt': ['FailedCalls', 'Arn'] }];

  /** What the role of a function may do, beside writing its own logs and traces, which it must. */
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
        expect(JSON.stringify(Resource)).toMatch(/:log-group:\/aws\/lambda\/seldon-lambda-dev/);
      }
    }
    return statements
      .filter((statement) => !isOwn(statement))
      .map(({ Action, Resource }) => [[Action].flat(), Resource]);
  }

  test('follow from what a function needs: nothing, reading what was counted, or the state', async () => {
    const template = await templateFor();
    const all = Object.fromEntries(FUNCTIONS.map((name) => [name, grantsOf(template, name)]));
    const stateful = [[['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE], SEND];
    expect(all).toEqual({
      ...Object.fromEntries(FUNCTIONS.map((name) => [name, []])),
      ...Object.fromEntries(ASYNCHRONOUS.map((name) => [name, stateful])),
      metrics: [[['dynamodb:GetItem'], TABLE]],
    });
  });

  test('follow from the URLs of the stores', async () => {
    const environment = {
      STATE_URL: 's3://models/iris/state/',
      METRICS_URL: 'dynamodb://seldon-lambda-dev-state',
      STATE_OVERFLOW_URL: 's3://large',
    };
    const template = await templateFor([], { environment });
    expect(grantsOf(template, 'predict')).toEqual([
      [['s3:GetObject', 's3:PutObject'], s3('models/iris/state', 'models/iris/state/*')],
      [['s3:ListBucket'], s3('models')[0]],
      [['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], s3('large/*')],
      [['s3:ListBucket'], s3('large')[0]],
      [['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE],
      SEND,
    ]);
    expect(grantsOf(template, 'metrics')).toEqual([[['dynamodb:GetItem'], TABLE]]);
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
        [['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE],
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

  test('a store of which it is not known what IAM has to allow is refused, without its password', async () => {
    const environment = { STATE_URL: 'mongodb://user:secret@host' };
    const { code, text } = await serverless(copyWithZip(), ['package'], [], environment);
    expect(text).toContain(
      'the role StatefulRole names the URL mongodb://***@host; expected one of dynamodb://, s3://, ',
    );
    expect(text).not.toContain('secret');
    expect(code).toBe(1);
  });
});

describe.concurrent('an asynchronous call that fails', () => {
  test('goes to a queue, which keeps it as long as there is', async () => {
    const template = await templateFor();
    const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig');
    const names = configs.map(({ FunctionName }) => template.Resources[FunctionName.Ref]?.Properties.Handler);
    expect(names.sort()).toEqual(ASYNCHRONOUS.map((name) => `handlers/${name}.handler`));
    for (const { DestinationConfig } of configs) {
      expect(DestinationConfig).toEqual({
        OnFailure: { Destination: { 'Fn::GetAtt': ['FailedCalls', 'Arn'] } },
      });
    }
    expect(template.Resources.FailedCalls).toMatchObject({
      Type: 'AWS::SQS::Queue',
      DeletionPolicy: 'Retain',
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
    // An asynchronous call of the alias fails into the queue as one of the function does.
    const configs = resourcesOf(template, 'AWS::Lambda::EventInvokeConfig');
    expect(configs.map(({ Qualifier }) => Qualifier).sort()).toEqual(
      ['$LATEST', '$LATEST', '$LATEST', '$LATEST', '$LATEST', '$LATEST', 'provisioned'].sort(),
    );
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
  const { code, text } = await serverless(copyWithZip(), ['print'], ['warmUp=rate(1 hour)']);
  expect(code).toBe(0);
  const { functions, resources } = parseYaml(text);
  expect(functions.predict.events).toEqual([
    ...['/predict', '/api/v1.0/predictions', '/api/v0.1/predictions'].flatMap((path) => [
      { httpApi: { method: 'ANY', path, authorizer: { type: 'aws_iam' } } },
      { httpApi: { method: 'OPTIONS', path } },
    ]),
    { schedule: { rate: ['rate(1 hour)'] } },
  ]);
  expect(Object.keys(resources.Resources)).toEqual(
    expect.arrayContaining(['StatefulRole', 'MetricsRole', 'PredictErrorsAlarm']),
  );
});
