import { fileURLToPath } from 'node:url';
import type { Context } from 'aws-lambda';
import { vi } from 'vitest';
import { lambdaContext } from '../events.ts';
import { deploy } from '../functions.ts';
import { type AwsStandIn, openAwsStandIn } from '../sinks/aws-stand-in.ts';
import { AWS_CREDENTIALS } from '../stores/aws-settings.ts';
import { openS3Server, type S3Server } from '../stores/s3-server.ts';

/** The function for many records, with places for its answers. */
export interface BatchFunction {
  readonly aws: AwsStandIn;
  readonly s3: S3Server;
  /** Calls it, after {@link BatchFunction.deploy}. */
  invoke(event: unknown, context?: Partial<Context>): Promise<unknown>;
  /** Deploys it anew. Default: the model Records, whose answers go to the queue `answers`. */
  deploy(environment?: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

/** Opens the places, and deploys the function. */
export async function openBatchFunction(): Promise<BatchFunction> {
  const [aws, s3] = await Promise.all([openAwsStandIn(), openS3Server()]);
  let functions: ReturnType<typeof deploy>;
  const opened: BatchFunction = {
    aws,
    s3,
    invoke: (event, context = {}) => functions.invoke('batch', event, lambdaContext(context)),
    deploy(environment = {}) {
      aws.deliveries.length = 0;
      aws.answers.length = 0;
      aws.refuses = () => false;
      aws.trouble = () => undefined;
      s3.trouble = () => undefined;
      functions = deploy({
        MODEL_DIR: fileURLToPath(new URL('../../models/batch', import.meta.url)),
        MODEL_NAME: 'Records',
        BATCH_OUTPUT_URL: 'sqs://answers',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL: aws.url,
        AWS_ENDPOINT_URL_S3: s3.url,
        ...environment,
      });
    },
    async close() {
      vi.unstubAllEnvs();
      await Promise.all([aws.close(), s3.close()]);
    },
  };
  opened.deploy();
  return opened;
}

/** The ids of the records that have answers among `texts`. */
export function answeredIds(texts: readonly string[]): string[] {
  return texts.map((text) => JSON.parse(text).meta.tags.batch_instance_id);
}
