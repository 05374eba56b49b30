import { DATA_TYPES, METHODS } from '../../batch/kinds/index.ts';
import { FORMATS } from './formats.ts';

/** An option of the command, as its help shows it. */
export interface OptionRow {
  readonly flags: string;
  readonly about: string;
  /** The variable of seldon-batch-processor, without `SELDON_BATCH_`. */
  readonly variable?: string;
  readonly fallback?: string | boolean | readonly string[];
}

/** Rows with the types of what they give. */
type Text = OptionRow & { readonly fallback?: never };
type TextOr = OptionRow & { readonly fallback: string };
type Flag = OptionRow & { readonly fallback: false };
type List = OptionRow & { readonly fallback: readonly string[] };

const text = (flags: string, about: string, variable?: string): Text => ({
  flags,
  about,
  ...(variable !== undefined && { variable }),
});
const textOr = (fallback: string, ...row: Parameters<typeof text>): TextOr => ({ ...text(...row), fallback });
const flag = (...row: Parameters<typeof text>): Flag => ({ ...text(...row), fallback: false });
const list = (...row: Parameters<typeof text>): List => ({ ...text(...row), fallback: [] });

/** The protocols that a host can be asked in. */
export const PROTOCOLS = ['seldon', 'v2'] as const;

/** All options, by the names that their values have, in the order of the help. */
export const OPTIONS = {
  url: text('--url <url>', 'address of the model'),
  model: text('--model <name>', 'a model of this project, or its file, to be called in this process instead'),
  protocol: textOr('seldon', '--protocol <name>', 'seldon, or v2: the Open Inference Protocol'),
  binary: flag('--binary', 'with --protocol v2: send tensors as bytes, and ask for them'),
  path: text('--path <path>', 'where the method is, below the URL (default: as the method is named)'),
  method: textOr('predict', '-m, --method <name>', METHODS.join(' or '), 'METHOD'),
  dataType: textOr(
    'data',
    '-a, --data-type <type>',
    `what a line is: ${DATA_TYPES.join(', ')}; data is a list of rows, raw a whole message`,
    'DATA_TYPE',
  ),
  payloadType: textOr(
    'ndarray',
    '-p, --payload-type <form>',
    'how data is sent: ndarray, tensor, tftensor',
    'PAYLOAD_TYPE',
  ),
  batchSize: text(
    '-s, --batch-size <lines>',
    'lines in one request; the answer is split again (default: 1; 500 with --distributed)',
    'SIZE',
  ),
  workers: text(
    '-w, --workers <count>',
    'requests at once, at most: fewer while the host is busy (default: 32; 100 with --distributed); ' +
      'with --model, threads',
    'WORKERS',
  ),
  retries: textOr('3', '-r, --retries <count>', 'how often a request is sent again that may pass', 'RETRIES'),
  batchInterval: textOr(
    '0',
    '--batch-interval <seconds>',
    'time between two requests of a worker',
    'MIN_INTERVAL',
  ),
  batchId: text('-u, --batch-id <id>', 'tag of all answers (default: a random UUID)', 'ID'),
  inputDataPath: text(
    '-i, --input-data-path <file>',
    'the input, instead of the first argument',
    'INPUT_DATA_PATH',
  ),
  outputDataPath: text(
    '-o, --output-data-path <file>',
    'the output, instead of the second one',
    'OUTPUT_DATA_PATH',
  ),
  format: text(
    '--format <name>',
    `of the input: ${FORMATS.join(', ')}; with --distributed jsonl, json, csv, inventory ` +
      '(default: as its name ends, or else jsonl)',
  ),
  columns: text(
    '--columns <names>',
    "of a CSV or Parquet, in the model's order, as age,city:text with a number, text or boolean " +
      "behind a colon (default: those of the model's metadata, or else all)",
  ),
  ordered: flag('--ordered', 'write answers in the order of the input'),
  resume: flag('--resume', 'go on with an output that is there: lines that it has are not sent'),
  retryFailed: flag('--retry-failed', 'with --resume: send the lines that have failed again'),
  overwrite: flag('--overwrite', 'replace an output that is there'),
  maxFailures: text('--max-failures <count>', 'stop when more lines have failed (default: go on)'),
  timeout: textOr('60000', '--timeout <ms>', 'how long to wait for an answer'),
  header: list('--header <header>', "'x-api-key: ...'; may be repeated"),
  sigv4: flag(
    '--sigv4',
    'sign for IAM, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION',
  ),
  distributed: flag(
    '--distributed',
    'start the state machine of a stack with --param batch=true: from s3://... to s3://...',
  ),
  stack: text('--stack <name>', 'with --distributed: the stack that has the state machine'),
  stateMachine: text('--state-machine <arn>', 'with --distributed: the state machine, instead of --stack'),
  tolerate: textOr(
    '0',
    '--tolerate <percent>',
    'with --distributed: batches that may fail for good before the run does',
  ),
  merge: text('--merge <file>', 'with --distributed: write all answers into one file, in their order'),
  redrive: flag('--redrive', 'with --distributed and --batch-id: run the batches again that have failed'),
  deploymentName: text(
    '-d, --deployment-name <name>',
    'of a SeldonDeployment, instead of --url',
    'DEPLOYMENT_NAME',
  ),
  gatewayType: textOr(
    'istio',
    '-g, --gateway-type <type>',
    'before it: istio, ambassador, seldon',
    'GATEWAY_TYPE',
  ),
  namespace: textOr('default', '-n, --namespace <name>', 'of the deployment', 'NAMESPACE'),
  host: text(
    '--host <host>',
    'of the gateway, with its port (default: istio-ingressgateway.istio-system.svc.cluster.local:80)',
    'HOST',
  ),
  transport: textOr('rest', '--transport <name>', 'rest only', 'TRANSPORT'),
  useSsl: flag('--use-ssl', 'call the gateway by https', 'USE_SSL'),
  callCredentialsToken: text(
    '-c, --call-credentials-token <token>',
    'sent as X-Auth-Token, by https',
    'CALL_CREDENTIALS_TOKEN',
  ),
  json: flag('--json', 'print the report as JSON'),
} as const;

type Value<R extends OptionRow> = R extends List
  ? readonly string[]
  : R extends Flag
    ? boolean
    : R extends TextOr
      ? string
      : string | undefined;

/** The name of an option's value. */
export type OptionName = keyof typeof OPTIONS;

/** The options of the command as they are typed, or as variables have them; a variable's flag is a text. */
export type BatchOptions = { readonly [K in OptionName]: Value<(typeof OPTIONS)[K]> };
