import type { Parameters } from './stack/parameters.ts';

/** The part that this project uses of the object that serverless gives to plugins. */
export interface Serverless {
  /** The folder of serverless.yml. */
  readonly serviceDir: string;
  /** serverless.yml with its variables resolved: this is validated, printed and deployed. */
  readonly configurationInput: Configuration;
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly stage?: string; readonly param?: readonly string[] };
  };
  /** The last part of the logical id of a REST API's deployment. */
  readonly instanceId: string;
  readonly service: {
    readonly provider: {
      readonly architecture?: 'arm64' | 'x86_64';
      readonly region: string;
      readonly memorySize?: number | string;
      readonly timeout?: number | string;
      readonly environment: Environment;
    };
    readonly package: { artifact?: string };
    readonly custom: { readonly 'serverless-offline': OfflineOptions };
    readonly functions: Readonly<Record<string, OfflineFunction>>;
  };
  /** `Error`: shown as its message, without a stack. */
  readonly classes: { readonly Error: new (message: string) => Error };
}

/** A function as serverless gives it to serverless-offline. */
interface OfflineFunction {
  /** The name on AWS. */
  readonly name: string;
  handler: string;
  events: readonly { readonly httpApi?: string | Readonly<Record<string, unknown>> }[];
  readonly memorySize?: number | string;
  readonly timeout?: number | string;
  readonly environment?: Readonly<Record<string, unknown>>;
}

/** `null`: the variable is not set on AWS. */
type Environment = Record<string, string | null> & { MODEL_NAME: string };

/** The parts of serverless.yml that this project reads and changes. */
export interface Configuration {
  readonly service: string;
  readonly params?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly provider: {
    readonly stage?: string;
    readonly timeout: number | string;
    readonly environment: Environment;
    readonly tags: Readonly<Record<string, string>>;
    readonly logs: Record<string, unknown>;
    readonly tracing: Record<string, unknown>;
    readonly vpc?: unknown;
    httpApi?: Readonly<Record<string, unknown>>;
    apiGateway?: Readonly<Record<string, unknown>>;
    endpointType?: string;
  };
  readonly functions: Readonly<Record<string, Definition>>;
  readonly custom: {
    readonly open: readonly string[];
    readonly roles: Readonly<Record<string, readonly Grant[]>>;
  };
  readonly resources: {
    readonly Resources: Record<string, object>;
    extensions: Record<string, object>;
  };
}

/** serverless.yml while it is completed, with the parameters. */
export interface Stack extends Configuration {
  /** Service and stage: the names of all functions start with it. */
  readonly name: string;
  readonly stage: string;
  readonly parameters: Parameters;
}

/** A function of serverless.yml. */
export interface Definition {
  readonly timeout?: number | string;
  events: (
    | PlainEvent
    | HttpEvent
    | RestEvent
    | { readonly schedule: { readonly rate: readonly string[] } }
  )[];
  provisionedConcurrency?: number;
}

/** The permissions of a role for the store of a URL; or an IAM statement. */
export type Grant =
  | { readonly url: string | null; readonly may: readonly ('read' | 'write' | 'delete')[] }
  | Statement;

/** A statement of an IAM policy. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: unknown;
  readonly Resource: unknown;
}

/** A route of an HTTP API: `ANY /path`, or `*` for all paths that have no route. */
interface PlainEvent {
  readonly httpApi: string;
}

/** The same, with all members that a route of an HTTP API can have. */
export interface HttpEvent {
  readonly httpApi: Readonly<Record<string, unknown>>;
}

/** A route of a REST API. */
export interface RestEvent {
  readonly http: Readonly<Record<string, unknown>>;
}

/** Options of `serverless offline start`; on the command line they are strings. */
export interface OfflineOptions {
  readonly host: string;
  readonly httpPort: number | string;
  /** Default: two above `httpPort`. */
  lambdaPort?: number | string | null;
  readonly models?: string;
  /** No call runs out of time. */
  readonly noTimeout?: boolean;
  /** In seconds: an instance that is idle for so long ends. */
  readonly terminateIdleLambdaTime: number | string;
}
