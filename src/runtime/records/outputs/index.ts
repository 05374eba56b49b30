import { SeldonError } from '../../errors.ts';
import { withoutCredentials } from '../../redact.ts';
import { openEventBridge } from './eventbridge.ts';
import { openFirehose } from './firehose.ts';
import type { OpenOutput, Output, OutputSettings } from './output.ts';
import { openS3 } from './s3.ts';
import { openSqs } from './sqs.ts';

/** The outputs of answers, by the protocol of their URL. */
const OUTPUTS: Readonly<Record<string, OpenOutput>> = {
  'eventbridge:': openEventBridge,
  'firehose:': openFirehose,
  's3:': openS3,
  'sqs:': openSqs,
};

/**
 * Opens the output that `url` names.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for a URL that does not name an output.
 */
export function openOutput(url: string, settings: OutputSettings): Output {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const open = parsed && OUTPUTS[parsed.protocol];
  if (parsed === undefined || open === undefined || parsed.hostname === '') {
    throw new SeldonError(
      'MICROSERVICE_BAD_PARAMETER',
      `BATCH_OUTPUT_URL ${withoutCredentials(url)}: expected s3://bucket/prefix, sqs://queue, eventbridge://bus or firehose://stream`,
    );
  }
  return open(parsed, settings);
}
