import type { Config } from '../../../config.ts';
import { SeldonError } from '../../../errors.ts';
import { withoutCredentials } from '../../../redact.ts';
import type { OpenSink, Send } from './sink.ts';

const http = async () => (await import('./http.ts')).openHttp;
const aws = async () => (await import('./aws.ts')).openAws;

/** The sinks of payloads, by the protocol of their URL. */
const SINKS: Readonly<Record<string, () => Promise<OpenSink>>> = {
  'http:': http,
  'https:': http,
  'sqs:': aws,
  'eventbridge:': aws,
  'firehose:': aws,
};

/**
 * Opens the sink that `url` names.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for a URL that does not name a sink.
 */
export async function openSink(url: string, config: Config): Promise<Send> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const load = parsed && SINKS[parsed.protocol];
  if (parsed === undefined || load === undefined || parsed.hostname === '') {
    throw new SeldonError(
      'MICROSERVICE_BAD_PARAMETER',
      `PAYLOAD_LOG_URL ${withoutCredentials(url)}: expected http://host/path, https://host/path, sqs://queue, eventbridge://bus or firehose://stream`,
    );
  }
  return (await load())(parsed, config);
}
