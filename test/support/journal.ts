import { fileURLToPath } from 'node:url';
import { apiGatewayV2, lambdaContext, readResult } from './events.ts';
import { type Deployment, deploy } from './functions.ts';
import { AWS_CREDENTIALS } from './stores/aws-settings.ts';

/** A feedback to the model `Journal`. */
export interface Entry {
  readonly id: string;
  /** What happens when it is there. */
  readonly what?: string;
  readonly key?: string;
  /** Milliseconds that its function has. Default: 20,000. */
  readonly leftMs?: number;
}

/** The answer to a feedback. */
export interface Written {
  readonly status: number;
  /** The number of ids in the journal when its own was the last; undefined: it has failed. */
  readonly place: number | undefined;
  readonly info: string | undefined;
}

/** An instance of the model `Journal`. */
export interface JournalInstance {
  write(entry: Entry): Promise<Written>;
  /** The ids in the store, in their order. */
  read(): Promise<string[]>;
}

/** Starts an instance whose state is in a DynamoDB at `url`; it has not been called. */
export async function startJournal(url: string): Promise<JournalInstance> {
  const functions = deploy({
    MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
    MODEL_NAME: 'Journal',
    STATE_URL: 'dynamodb://the-table',
    STATE_MAX_AGE_MS: '0',
    METRICS_URL: '',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: url,
  });
  // What an instance imports when it is first called is its own.
  await functions.load('predict', 'send-feedback');
  return {
    write: (entry) => write(functions, entry),
    async read() {
      const { body } = await functions.send({ method: 'POST', path: '/predict', body: '{"strData":"x"}' });
      return JSON.parse(body as string).jsonData.ids;
    },
  };
}

async function write(
  functions: Deployment,
  { id, what = '', key, leftMs = 20_000 }: Entry,
): Promise<Written> {
  const endAt = performance.now() + leftMs;
  const context = lambdaContext({ getRemainingTimeInMillis: () => endAt - performance.now() });
  const event = apiGatewayV2({
    method: 'POST',
    path: '/send-feedback',
    body: JSON.stringify({ request: { data: { ndarray: [id, what] } }, reward: 1 }),
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
  });
  const { status, body } = readResult(await functions.invoke('send-feedback', event, context));
  const answer = JSON.parse(body as string);
  const [place] = answer.data?.tensor?.values ?? answer.data?.ndarray ?? [];
  return { status, place, info: answer.status?.info };
}
