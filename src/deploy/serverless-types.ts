import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { May as Action } from '../runtime/stores/grant.ts';
import type { Parameters } from './stack/parameters.ts';

/** The part that this project uses of the object that serverless gives to plugins. */
export interface Serverless {
  /** The folder of serverless.yml. */
  readonly serviceDir: string;
  /** The name of serverless.yml in it. */
  readonly configurationFilename: string;
  /** Sets a member of serverless.yml before its variables are resolved. */
  extendConfiguration(path: readonly string[], value: unknown): void;
  readonly configSchemaHandler: { defineTopLevelProperty(name: string, schema: object): void };
  /** serverless.yml with its variables resolved: this is validated, printed and deployed. */
  readonly configurationInput: Configuration;
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: {
      readonly stage?: string;
      readonly param?: readonly string[];
      /** A folder that `package --package` has written. */
      readonly package?: string;
      /** Of `offline start`: the inference graph, relative to the working folder. */
      readonly graph?: string;
    };
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
      /** Of `deploy function`: the function as it is deployed. */
      readonly remoteFunctionData?: {
        readonly Configuration: {
          readonly Role: string;
          readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
        };
      };
    };
    readonly package: { artifact?: string };
    readonly custom: { readonly 'serverless-offline': OfflineOptions };
    readonly functions: Readonly<Record<string, ServiceFunction>>;
  };
  getProvider(name: 'aws'): Provider;
  readonly pluginManager: { spawn(command: string): Promise<void> };
  /** `Error`: shown as its message, without a stack. */
  readonly classes: { readonly Error: new (message: string) => Error };
}

/** A function as serverless has it. */
interface ServiceFunction {
  /** The name on AWS. */
  readonly name: string;
  handler: string;
  readonly runtime?: string;
  /** With a zip of its own. */
  readonly package?: { readonly artifact?: string };
  events: readonly PlainEvent[];
  /** A name in `custom.roles`, or an ARN. */
  role?: string;
  readonly memorySize?: number | string;
  readonly timeout?: number | string;
  environment?: Readonly<Record<string, unknown>>;
}

/** Access to the account, with the region and the credentials of the command line or the shell. */
interface Provider {
  readonly naming: { getStackName(): string; getLambdaLogicalId(name: string): string };
  getRegion(): string;
  getCloudFormationClient(): Promise<CloudFormationClient>;
  getAwsSdkV3CredentialsProvider(): (settings: {
    readonly callerClientConfig: { readonly region: string };
  }) => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/** `null`: the variable is not set on AWS. */
type Environment = Record<string, string | null> & { MODEL_NAME: string };

/** The parts of serverless.yml that this project reads and changes. */
export interface Configuration {
  readonly service: string;
  /** The models of a project that uses this package: their names, or settings by name. */
  readonly models?: readonly string[] | Readonly<Record<string, ModelSettings | null>>;
  /** The folder of the model files; default `models`. */
  readonly modelFolder?: string;
  /**
   * The inference graph: the path of a SeldonDeployment or an InferenceGraph. Default: graph.yaml, if it is
   * there; false: none.
   */
  readonly graph?: string | false;
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
  readonly functions: Record<string, Definition>;
  readonly custom: {
    readonly open: readonly string[];
    readonly roles: Readonly<Record<string, readonly Grant[]>>;
  };
  readonly resources: {
    readonly Resources: Record<string, object>;
    Outputs: Record<string, object>;
    extensions: Record<string, object>;
  };
}

/** serverless.yml while it is completed, with the parameters. */
export interface Stack extends Configuration {
  /** Service and stage: the names of all functions start with it. */
  readonly name: string;
  readonly stage: string;
  readonly parameters: Parameters;
  /** The words that the paths of each model begin with; empty without a list of models. */
  readonly slugs: readonly string[];
  /** The name of a function in the template. */
  logicalIdOf(name: string): string;
}

/** The settings of one of several models. */
export interface ModelSettings {
  /** The first part of its paths; default: its name in kebab-case. */
  readonly path?: string;
  /** In MB; default: the parameter `memory`. */
  readonly memory?: number;
  /** In seconds; default: the parameter `timeout`. */
  readonly timeout?: number;
  /** Default: the parameter `functions`. */
  readonly functions?: Parameters['functions'];
  /** Variables of its functions. */
  readonly environment?: Readonly<Record<string, string | number | boolean | null>>;
}

/** A function of serverless.yml. */
export interface Definition {
  readonly handler?: string;
  /** Of its own, beside the paths that it has in the API. */
  readonly url?: unknown;
  readonly memorySize?: number | string;
  readonly timeout?: number | string;
  readonly role?: string;
  readonly destinations?: { readonly onFailure: { readonly arn: unknown } };
  readonly maximumRetryAttempts?: number;
  environment?: Readonly<Record<string, unknown>>;
  events: (
    | PlainEvent
    | HttpEvent
    | RestEvent
    | { readonly schedule: { readonly rate: readonly string[] } }
    | { readonly sqs: Readonly<Record<string, unknown>> | string }
    | { readonly stream: Readonly<Record<string, unknown>> | string }
  )[];
  provisionedConcurrency?: number;
  reservedConcurrency?: number;
}

/** The permissions of a role for the store of a URL; or an IAM statement. */
export type Grant =
  | {
      /** The variable that holds the URL. Functions whose role has no row for it do not get it. */
      readonly variable: string;
      /** Another variable: when it is set, this row does not count. */
      readonly unless?: string;
      readonly may: May;
    }
  | { readonly url: string | null; readonly may: May }
  | Statement;

type May = readonly Action[];

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
