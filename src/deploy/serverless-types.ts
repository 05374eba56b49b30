import type { Parameters } from './stack/parameters.ts';

/** What this project uses of the object that serverless gives to plugins. */
export interface Serverless {
  readonly serviceDir: string;
  /** serverless.yml, its variables resolved: what is validated, printed and deployed. */
  readonly configurationInput: Configuration;
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly stage?: string; readonly param?: readonly string[] };
  };
  /** Ends the logical id of the deployment of a REST API. */
  readonly instanceId: string;
  readonly service: {
    readonly provider: { readonly architecture?: 'arm64' | 'x86_64'; readonly environment: Environment };
    readonly package: { artifact?: string };
    readonly custom: { readonly 'serverless-offline': OfflineOptions };
    readonly functions: Readonly<
      Record<string, { readonly handler: string; readonly events: readonly PlainEvent[] }>
    >;
  };
  readonly pluginManager: { spawn(command: string): Promise<void> };
}

/** `null`: left out on AWS. */
type Environment = Record<string, string | null> & { MODEL_NAME: string };

/** serverless.yml. */
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

/** serverless.yml on its way to what is deployed. */
export interface Stack extends Configuration {
  /** Service and stage: what the names of all functions start with. */
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

/** What a role may do with a store of that URL, or else a statement of IAM. */
export type Grant =
  | { readonly url: string | null; readonly may: readonly ('read' | 'write' | 'delete')[] }
  | Statement;

/** A statement of an IAM policy. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: unknown;
  readonly Resource: unknown;
}

/** An event of an HTTP API, as `ANY /path`, or `*` for what no other takes. */
export interface PlainEvent {
  readonly httpApi: string;
}

/** The same with all that an HTTP API may know of a route. */
export interface HttpEvent {
  readonly httpApi: Readonly<Record<string, unknown>>;
}

/** An event of a REST API. */
export interface RestEvent {
  readonly http: Readonly<Record<string, unknown>>;
}

/** Options of `serverless offline start`; on the command line they are strings. */
export interface OfflineOptions {
  readonly host: string;
  readonly httpPort: number | string;
  readonly lambdaPort: number | string;
  readonly location: string;
  readonly models?: string;
}
