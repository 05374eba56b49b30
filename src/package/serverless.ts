/** What this project uses of the object that serverless gives to plugins. */
export interface Serverless {
  readonly serviceDir: string;
  readonly service: {
    /** `null`: left out on AWS. */
    readonly provider: { readonly environment: Record<string, string | null> & { MODEL_NAME: string } };
    readonly package: { artifact?: string };
    readonly custom: { readonly 'serverless-offline': OfflineOptions };
    readonly functions: Readonly<
      Record<string, { readonly handler: string; readonly events: readonly HttpEvent[] }>
    >;
  };
  readonly pluginManager: { spawn(command: string): Promise<void> };
}

/** An event of an HTTP API, as `ANY /path`, or `*` for what no other takes. */
export interface HttpEvent {
  readonly httpApi: string;
}

/** Options of `serverless offline start`; on the command line they are strings. */
export interface OfflineOptions {
  readonly host: string;
  readonly httpPort: number | string;
  readonly lambdaPort: number | string;
  readonly location: string;
  readonly models?: string;
}
