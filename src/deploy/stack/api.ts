import { UserError } from '../../bundle/user-error.ts';
import type { Definition, HttpEvent, RestEvent, Stack } from '../serverless-types.ts';
import type { Parameters } from './parameters.ts';

/** How CloudWatch names what an API answers. */
export interface Api {
  readonly errorMetric: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

type Kind = 'http' | 'rest';
type Auth = Parameters['auth'];

/** Parameters that are for some kinds of access only. */
const SPECIAL = ['jwtIssuer', 'jwtAudience', 'userPool', 'quotaPerMonth'] as const;
type Special = (typeof SPECIAL)[number];

/** Who may call: what each route says, and what the API has to have for it. */
interface Access {
  /** Parameters that must not be none. */
  readonly needs?: readonly Special[];
  /** Parameters that may be none. */
  readonly takes?: readonly Special[];
  readonly route: (parameters: Parameters) => Readonly<Record<string, unknown>>;
  readonly api?: (stack: Stack) => Readonly<Record<string, unknown>>;
}

/** A combination that is not here is one that AWS does not have. */
const ACCESS: Readonly<Record<Kind, Readonly<Partial<Record<Auth, Access>>>>> = {
  http: {
    none: { route: () => ({}) },
    iam: { route: () => ({ authorizer: { type: 'aws_iam' } }) },
    jwt: {
      needs: ['jwtIssuer', 'jwtAudience'],
      route: () => ({ authorizer: { name: 'tokens' } }),
      api: ({ parameters }) => ({
        authorizers: {
          tokens: {
            type: 'jwt',
            identitySource: '$request.header.Authorization',
            issuerUrl: parameters.jwtIssuer,
            audience: parameters.jwtAudience,
          },
        },
      }),
    },
  },
  rest: {
    none: { route: () => ({}) },
    iam: { route: () => ({ authorizer: { type: 'AWS_IAM' } }) },
    jwt: {
      needs: ['userPool'],
      route: ({ userPool }) => ({
        authorizer: { name: 'tokens', type: 'COGNITO_USER_POOLS', arn: userPool },
      }),
    },
    apikey: {
      takes: ['quotaPerMonth'],
      route: () => ({ private: true }),
      api: ({ name, parameters }) => ({
        apiKeys: [name],
        usagePlan: {
          throttle: { rateLimit: parameters.throttleRate, burstLimit: parameters.throttleBurst },
          ...(parameters.quotaPerMonth === 'none'
            ? {}
            : { quota: { limit: parameters.quotaPerMonth, period: 'MONTH' } }),
        },
      }),
    },
  },
};

/**
 * Turns the routes of serverless.yml, which say nothing but the path, into routes of the API that is asked
 * for, closed to all but those whom `auth` lets in. `custom.open` has the paths that stay open.
 *
 * CORS is everywhere what CORS_ALLOWED_ORIGINS and CORS_ALLOWED_HEADERS say.
 *
 * @throws UserError for an `auth` that the kind of API does not have, that lacks a parameter, or that has
 *   one too many.
 */
export function shapeApi(stack: Stack, instanceId: string): Api {
  const { auth, api } = stack.parameters;
  const kind = api !== 'auto' ? api : auth === 'apikey' ? 'rest' : 'http';
  const access = ACCESS[kind][auth];
  if (access === undefined) {
    const possible = Object.keys(ACCESS[kind]).join(', ');
    throw new UserError(
      `auth=${auth} is not to be had with api=${kind}; expected auth=${possible}, or another api`,
    );
  }
  const { needs = [], takes = [] } = access;
  const isGiven = (name: Special) => stack.parameters[name] !== 'none';
  const missing = needs.filter((name) => !isGiven(name)).map((name) => `--param ${name}=...`);
  if (missing.length > 0) {
    throw new UserError(`auth=${auth} with api=${kind} needs ${missing.join(' and ')}`);
  }
  const idle = SPECIAL.find((name) => isGiven(name) && ![...needs, ...takes].includes(name));
  if (idle !== undefined) {
    throw new UserError(`parameter ${idle} means nothing for auth=${auth} with api=${kind}; expected none`);
  }
  return (kind === 'rest' ? shapeRestApi : shapeHttpApi)(stack, access, instanceId);
}

function shapeHttpApi(stack: Stack, { route, api }: Access): Api {
  const { provider, parameters, resources } = stack;
  const { origins, headers, maxAge } = corsOf(stack);
  const closed = route(parameters);
  eachRoute(stack, (path, isOpen): HttpEvent[] => {
    if (path === '*') {
      return [{ httpApi: { path, ...closed } }];
    }
    if (isOpen) {
      return [{ httpApi: { method: 'ANY', path } }];
    }
    // ANY is OPTIONS, too: without a route of its own, the question before a call would be refused for want
    // of credentials.
    const asks = origins.length > 0 && 'authorizer' in closed;
    return [
      { httpApi: { method: 'ANY', path, ...closed } },
      ...(asks ? [{ httpApi: { method: 'OPTIONS', path } }] : []),
    ];
  });
  const cors = {
    allowedOrigins: origins,
    allowedHeaders: headers,
    allowedMethods: ['GET', 'POST', 'OPTIONS'],
    exposedResponseHeaders: ['Seldon-Puid'],
    maxAge,
  };
  provider.httpApi = { ...provider.httpApi, ...(origins.length > 0 ? { cors } : {}), ...api?.(stack) };
  provider.logs.httpApi = true;
  extend(resources, 'HttpApiStage', {
    Properties: {
      DefaultRouteSettings: {
        ThrottlingRateLimit: parameters.throttleRate,
        ThrottlingBurstLimit: parameters.throttleBurst,
      },
    },
  });
  return { errorMetric: '5xx', dimensions: { ApiId: { Ref: 'HttpApi' } } };
}

function shapeRestApi(stack: Stack, { route, api }: Access, instanceId: string): Api {
  const { provider, parameters, resources, stage } = stack;
  const { origins, headers, maxAge } = corsOf(stack);
  const [origin, ...others] = origins;
  const cors = { ...(others.length > 0 ? { origins } : { origin }), headers, maxAge };
  const closed = route(parameters);
  eachRoute(stack, (path, isOpen): RestEvent[] =>
    (path === '*' ? ['/', '/{proxy+}'] : [path]).map((each) => ({
      http: {
        method: 'any',
        path: each,
        ...(origins.length > 0 ? { cors } : {}),
        ...(isOpen ? {} : closed),
      },
    })),
  );
  // Otherwise a compressed or multipart body would come as text.
  provider.apiGateway = { ...provider.apiGateway, binaryMediaTypes: ['*/*'], ...api?.(stack) };
  provider.endpointType = 'REGIONAL';
  provider.tracing.apiGateway = parameters.tracing === 'Active';
  const responses = addGatewayResponses(resources, origins);
  addRestStage(stack, `ApiGatewayDeployment${instanceId}`, responses);
  for (const id of api === undefined ? [] : ['ApiGatewayUsagePlan', 'ApiGatewayApiKey1']) {
    extend(resources, id, { DependsOn: ['ApiGatewayStage'] });
  }
  return { errorMetric: '5XXError', dimensions: { ApiName: `${stage}-${stack.service}`, Stage: stage } };
}

/** A stage of its own: the one that serverless has a deployment make cannot be throttled in the template. */
function addRestStage(
  { provider, resources, parameters, stage }: Stack,
  deployment: string,
  others: readonly string[],
): void {
  resources.Resources.ApiGatewayStage = {
    Type: 'AWS::ApiGateway::Stage',
    Properties: {
      RestApiId: { Ref: 'ApiGatewayRestApi' },
      DeploymentId: { Ref: deployment },
      StageName: stage,
      TracingEnabled: parameters.tracing === 'Active',
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: parameters.throttleRate,
          ThrottlingBurstLimit: parameters.throttleBurst,
        },
      ],
      Tags: Object.entries(provider.tags).map(([Key, Value]) => ({ Key, Value })),
    },
  };
  extend(resources, deployment, { Properties: { StageName: null }, DependsOn: others });
}

/**
 * What the API itself answers, such as 403 and 429, is for browsers to read, too; of several origins it
 * cannot tell which asks. Gives the resources' names: a deployment has what was there before it.
 */
function addGatewayResponses(
  resources: Stack['resources'],
  [origin, ...others]: readonly string[],
): readonly string[] {
  if (origin === undefined || others.length > 0) {
    return [];
  }
  return ['DEFAULT_4XX', 'DEFAULT_5XX'].map((type) => {
    const id = `GatewayResponse${type.replace('_', '')}`;
    resources.Resources[id] = {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        RestApiId: { Ref: 'ApiGatewayRestApi' },
        ResponseType: type,
        ResponseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': `'${origin}'` },
      },
    };
    return id;
  });
}

function eachRoute(
  { functions, custom }: Stack,
  toEvents: (path: string, isOpen: boolean) => readonly (HttpEvent | RestEvent)[],
): void {
  for (const definition of Object.values(functions)) {
    definition.events = definition.events.flatMap((event): Definition['events'] => {
      if (!('httpApi' in event) || typeof event.httpApi !== 'string') {
        return [event];
      }
      const path = event.httpApi.replace(/^ANY /, '');
      return [...toEvents(path, custom.open.includes(path))];
    });
  }
}

/**
 * The rules that the functions keep (src/runtime/http/cors.ts), for what the API answers itself: a browser's
 * question before a call, which comes without credentials. No origins: no such answers.
 */
function corsOf({ provider: { environment } }: Stack): Cors {
  const headers = listOf(environment.CORS_ALLOWED_HEADERS ?? '');
  return {
    origins: listOf(environment.CORS_ALLOWED_ORIGINS ?? '*'),
    headers: headers.length > 0 ? headers : HEADERS,
    maxAge: 86_400,
  };
}

interface Cors {
  readonly origins: readonly string[];
  readonly headers: readonly string[];
  /** In seconds. */
  readonly maxAge: number;
}

function listOf(text: string): string[] {
  return text.split(',').flatMap((item) => item.trim() || []);
}

/**
 * The function allows what it is asked for; an API can only have a list, and `*` does not cover
 * Authorization.
 */
const HEADERS = [
  'authorization',
  'content-encoding',
  'content-type',
  'idempotency-key',
  'seldon-puid',
  'traceparent',
  'tracestate',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-api-key',
];

function extend({ extensions }: Stack['resources'], id: string, extension: object): void {
  extensions[id] = { ...extensions[id], ...extension };
}
