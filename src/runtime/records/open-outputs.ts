import type { BatchConfig } from '../batch-config.ts';
import { awsSettings, type Config } from '../config.ts';
import type { Instance } from '../instance/instance.ts';
import { createOnce } from '../once.ts';
import type { Output, OutputSettings } from './outputs/output.ts';

/** The place that the answers go to. */
export interface Outputs {
  /** BATCH_OUTPUT_URL; undefined: the answers are not kept. */
  readonly url: string | undefined;
  readonly settings: OutputSettings;
  /**
   * Opens the output, once.
   *
   * @throws SeldonError MICROSERVICE_BAD_PARAMETER when the URL names none, or there are no credentials.
   */
  open(): Promise<Output | undefined>;
}

/** The output of BATCH_OUTPUT_URL; nothing is loaded yet. */
export function openOutputs(
  { BATCH_OUTPUT_URL: url }: BatchConfig,
  { config }: Pick<Instance, 'config'>,
): Outputs {
  const settings = toSettings(config);
  const output = createOnce<Output>();
  return {
    url: url || undefined,
    settings,
    open: async () =>
      url ? output(async () => (await import('./outputs/index.ts')).openOutput(url, settings)) : undefined,
  };
}

function toSettings(config: Config): OutputSettings {
  const or = (endpoint: string | undefined) => endpoint ?? config.AWS_ENDPOINT_URL;
  return {
    ...awsSettings(config),
    s3Endpoint: or(config.AWS_ENDPOINT_URL_S3),
    endpoints: {
      sqs: or(config.AWS_ENDPOINT_URL_SQS),
      events: or(config.AWS_ENDPOINT_URL_EVENTBRIDGE),
      firehose: or(config.AWS_ENDPOINT_URL_FIREHOSE),
    },
  };
}
