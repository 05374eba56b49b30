import { describe, expect, test } from 'vitest';
import { type Resource, resourcesOf, type Template } from '../../support/stack.ts';
import { JWT, openLanes, PATHS, POOL, templateFor } from '../../support/templates.ts';

openLanes();

const OPEN = /^\/health\/ping$|^\/v2\/health\/live$|\/docs?$/;

describe.concurrent('who may call', () => {
  /**
   * The credentials that each method and path asks for; `*` is the path of all that no other function has.
   */
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
  function pathOf({ Resources }: Pick<Template, 'Resources'>, id: string | undefined): string {
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
  ])(
    '%s: every path asks for it, but /health/ping and the page, which is the same for all',
    async (_name, parameters, lock, api) => {
      const locks = locksOf(await templateFor(parameters));
      const calls = Object.entries(locks).filter(([route]) => !route.startsWith('OPTIONS '));
      const paths = [...PATHS, '*', ...(api === 'rest' ? ['/'] : [])];
      expect(Object.fromEntries(calls)).toEqual(
        Object.fromEntries(paths.map((path) => [`ANY ${path}`, OPEN.test(path) ? 'NONE' : lock])),
      );
    },
  );

  test.each([
    ['an HTTP API', [], PATHS.filter((path) => !OPEN.test(path))],
    ['a REST API', ['api=rest'], [...PATHS, '*', '/']],
  ])('%s lets browsers ask without credentials whether they may call', async (_name, parameters, paths) => {
    const locks = locksOf(await templateFor(parameters));
    const questions = Object.entries(locks).filter(([route]) => route.startsWith('OPTIONS '));
    expect(Object.fromEntries(questions)).toEqual(
      Object.fromEntries(paths.map((path) => [`OPTIONS ${path}`, 'NONE'])),
    );
  });

  test.each([
    ['an HTTP API', []],
    ['a REST API', ['auth=apikey']],
  ])('metricsAuth=none: %s opens the paths of the metrics, and no others', async (_name, parameters) => {
    const environment = { PREDICTIVE_UNIT_METRICS_ENDPOINT: '/own-metrics' };
    const template = await templateFor([...parameters, 'metricsAuth=none'], { environment });
    const calls = Object.entries(locksOf(template)).filter(([route]) => route.startsWith('ANY '));
    const open = calls.filter(([, lock]) => lock === 'NONE').map(([route]) => route.slice('ANY '.length));
    const always = PATHS.filter((path) => OPEN.test(path));
    expect(open.sort()).toEqual([...always, '/metrics', '/own-metrics'].sort());
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

  test.each([
    ['an HTTP API', JWT, '$request.header.X-Auth-Token'],
    ['a REST API', ['api=rest', 'auth=jwt', `userPool=${POOL}`], 'method.request.header.X-Auth-Token'],
  ])('tokenHeader: %s reads the token there, and browsers may send it', async (_name, parameters, header) => {
    const template = await templateFor([...parameters, 'tokenHeader=X-Auth-Token']);
    const authorizers = [
      ...resourcesOf(template, 'AWS::ApiGatewayV2::Authorizer'),
      ...resourcesOf(template, 'AWS::ApiGateway::Authorizer'),
    ];
    expect(authorizers.map(({ IdentitySource }) => [IdentitySource].flat())).toEqual([[header]]);
    expect(JSON.stringify(template)).toMatch(/x-api-key.{1,4}x-auth-token/);
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
