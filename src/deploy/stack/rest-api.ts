import type { RestEvent, Stack } from '../serverless-types.ts';
import type { Access } from './access.ts';
import type { Api } from './api.ts';
import { corsOf } from './cors.ts';
import { extend } from './extend.ts';
import { eachRoute } from './routes.ts';

/** Makes the routes those of a REST API, with its CORS rules, throttling and stage. */
export function shapeRestApi(stack: Stack, { route, api }: Access, instanceId: string): Api {
  const { provider, parameters, resources, stage } = stack;
  const { origins, headers, maxAge } = corsOf(provider.environment, parameters);
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
  // Without it a compressed or multipart body would arrive as text.
  provider.apiGateway = { ...provider.apiGateway, binaryMediaTypes: ['*/*'], ...api?.(stack) };
  provider.endpointType = 'REGIONAL';
  provider.tracing.apiGateway = parameters.tracing === 'Active';
  const responses = addGatewayResponses(resources, origins);
  addStage(stack, `ApiGatewayDeployment${instanceId}`, responses);
  for (const id of api === undefined ? [] : ['ApiGatewayUsagePlan', 'ApiGatewayApiKey1']) {
    extend(resources, id, { DependsOn: ['ApiGatewayStage'] });
  }
  return {
    url: `https://\${ApiGatewayRestApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/${stage}`,
    errorMetric: '5XXError',
    dimensions: { ApiName: `${stage}-${stack.service}`, Stage: stage },
  };
}

/**
 * Adds a stage of its own. The stage that serverless makes with a deployment cannot have throttling in the
 * template.
 */
function addStage(
  { provider, resources, parameters, stage }: Stack,
  deployment: string,
  dependencies: readonly string[],
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
  extend(resources, deployment, { Properties: { StageName: null }, DependsOn: dependencies });
}

/**
 * Lets browsers read what the API answers itself, such as 403 and 429. It cannot do so for several origins,
 * because it does not know which of them asks.
 *
 * @returns the names of the resources, for the deployment to depend on: it contains only what existed before
 *   it.
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
