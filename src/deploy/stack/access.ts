import { UserError } from '../../bundle/user-error.ts';
import type { Stack } from '../serverless-types.ts';
import type { Parameters } from './parameters.ts';

type Kind = 'http' | 'rest';
type Auth = Parameters['auth'];

/** Parameters that only some kinds of access use. */
const SPECIAL = ['jwtIssuer', 'jwtAudience', 'userPool', 'tokenHeader', 'quotaPerMonth'] as const;
type Special = (typeof SPECIAL)[number];

/** Who may call: what each route says of it, and what the API needs for it. */
export interface Access {
  /** Parameters that must have a value. */
  readonly needs?: readonly Special[];
  /** Parameters that may have a value. */
  readonly takes?: readonly Special[];
  /** Members of every route that is not open. */
  readonly route: (parameters: Parameters) => Readonly<Record<string, unknown>>;
  /** Members of the API itself. */
  readonly api?: (stack: Stack) => Readonly<Record<string, unknown>>;
}

/** AWS does not have the combinations that are missing here. */
const ACCESS: Readonly<Record<Kind, Readonly<Partial<Record<Auth, Access>>>>> = {
  http: {
    none: { route: () => ({}) },
    iam: { route: () => ({ authorizer: { type: 'aws_iam' } }) },
    jwt: {
      needs: ['jwtIssuer', 'jwtAudience'],
      takes: ['tokenHeader'],
      route: () => ({ authorizer: { name: 'tokens' } }),
      api: ({ parameters }) => ({
        authorizers: {
          tokens: {
            type: 'jwt',
            identitySource: `$request.header.${headerOf(parameters)}`,
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
      takes: ['tokenHeader'],
      route: (parameters) => ({
        authorizer: {
          name: 'tokens',
          type: 'COGNITO_USER_POOLS',
          arn: parameters.userPool,
          identitySource: `method.request.header.${headerOf(parameters)}`,
        },
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

/** The header that has the caller's token. */
function headerOf({ tokenHeader }: Parameters): string {
  return tokenHeader === 'none' ? 'Authorization' : tokenHeader;
}

/**
 * The access that `auth` stands for with a kind of API.
 *
 * @throws UserError when the kind of API does not have it, when a parameter that it needs is missing, and
 *   when one is given that it does not use.
 */
export function accessOf(kind: Kind, parameters: Parameters): Access {
  const { auth } = parameters;
  const access = ACCESS[kind][auth];
  if (access === undefined) {
    const possible = Object.keys(ACCESS[kind]).join(', ');
    throw new UserError(
      `auth=${auth} is not available with api=${kind}; expected auth=${possible}, or another api`,
    );
  }
  const { needs = [], takes = [] } = access;
  const isGiven = (name: Special) => parameters[name] !== 'none';
  const missing = needs.filter((name) => !isGiven(name)).map((name) => `--param ${name}=...`);
  if (missing.length > 0) {
    throw new UserError(`auth=${auth} with api=${kind} needs ${missing.join(' and ')}`);
  }
  const unused = SPECIAL.find((name) => isGiven(name) && ![...needs, ...takes].includes(name));
  if (unused !== undefined) {
    throw new UserError(
      `parameter ${unused} has no meaning for auth=${auth} with api=${kind}; expected none`,
    );
  }
  return access;
}
