import { type Command, Option } from 'commander';
import { DATA_TYPES, METHODS } from '../../batch/kinds/index.ts';
import { FORMATS } from '../batch/formats.ts';
import { addNotes, repeated } from '../program.ts';

/** The variables of seldon-batch-processor. */
const VARIABLE = 'SELDON_BATCH_';

/** `batch`: answers each line of a file. */
export function configure(command: Command): void {
  const option = (flags: string, description: string, variable?: string, fallback?: string | boolean) => {
    const made = new Option(flags, description).default(fallback);
    return variable === undefined ? made : made.env(VARIABLE + variable);
  };
  command.usage('in.jsonl out.jsonl --url https://... | --model Iris [options]').argument('[args...]');
  for (const each of [
    option('--url <url>', 'address of the model'),
    option('--model <name>', 'a model of this project, or its file, to be called in this process instead'),
    option('--path <path>', 'where the method is, below the URL (default: as the method is named)'),
    option('-m, --method <name>', METHODS.join(' or '), 'METHOD', 'predict'),
    option(
      '-a, --data-type <type>',
      `what a line is: ${DATA_TYPES.join(', ')}; data is a list of rows, raw a whole message`,
      'DATA_TYPE',
      'data',
    ),
    option(
      '-p, --payload-type <form>',
      'how data is sent: ndarray, tensor, tftensor',
      'PAYLOAD_TYPE',
      'ndarray',
    ),
    option('-s, --batch-size <lines>', 'lines in one request; the answer is split again', 'SIZE', '1'),
    option(
      '-w, --workers <count>',
      'requests at once, at most: fewer while the host is busy (default: 32); with --model, threads',
      'WORKERS',
    ),
    option('-r, --retries <count>', 'how often a request is sent again that may pass', 'RETRIES', '3'),
    option('--batch-interval <seconds>', 'time between two requests of a worker', 'MIN_INTERVAL', '0'),
    option('-u, --batch-id <id>', 'tag of all answers (default: a random UUID)', 'ID'),
    option('-i, --input-data-path <file>', 'the input, instead of the first argument', 'INPUT_DATA_PATH'),
    option('-o, --output-data-path <file>', 'the output, instead of the second one', 'OUTPUT_DATA_PATH'),
    option(
      '--format <name>',
      `of the input: ${FORMATS.join(', ')} (default: as its name ends, or else jsonl)`,
    ),
    option(
      '--columns <names>',
      "of a CSV or Parquet, in the model's order, as age,city:text with a number, text or boolean behind a colon " +
        "(default: those of the model's metadata, or else all)",
    ),
    option('--ordered', 'write answers in the order of the input', undefined, false),
    option(
      '--resume',
      'go on with an output that is there: lines that it has are not sent',
      undefined,
      false,
    ),
    option('--retry-failed', 'with --resume: send the lines that have failed again', undefined, false),
    option('--overwrite', 'replace an output that is there', undefined, false),
    option('--max-failures <count>', 'stop when more lines have failed (default: go on)'),
    option('--timeout <ms>', 'how long to wait for an answer', undefined, '60000'),
    new Option('--header <header>', "'x-api-key: ...'; may be repeated").argParser(repeated).default([]),
    option(
      '--sigv4',
      'sign for IAM, with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION',
      undefined,
      false,
    ),
    option('-d, --deployment-name <name>', 'of a SeldonDeployment, instead of --url', 'DEPLOYMENT_NAME'),
    option('-g, --gateway-type <type>', 'before it: istio, ambassador, seldon', 'GATEWAY_TYPE', 'istio'),
    option('-n, --namespace <name>', 'of the deployment', 'NAMESPACE', 'default'),
    option(
      '--host <host>',
      'of the gateway, with its port (default: istio-ingressgateway.istio-system.svc.cluster.local:80)',
      'HOST',
    ),
    option('--transport <name>', 'rest only', 'TRANSPORT', 'rest'),
    option('--use-ssl', 'call the gateway by https', 'USE_SSL', false),
    option(
      '-c, --call-credentials-token <token>',
      'sent as X-Auth-Token, by https',
      'CALL_CREDENTIALS_TOKEN',
    ),
    option('--json', 'print the report as JSON', undefined, false),
  ]) {
    command.addOption(each);
  }
  command.action(async (args, options) => (await import('../batch/run.ts')).answerFile(args, options));
  addNotes(
    command,
    [
      'people.csv.gz out.jsonl --url "$URL" --batch-size 100 --sigv4',
      'in.jsonl out.jsonl --model Iris --batch-size 500',
      'in.jsonl out.jsonl --url "$URL" --header "x-api-key: $KEY" --resume',
    ],
    '0 all lines were answered, 1 some were not, or the run ended before its time,\n' +
      '2 the command or a file has to be corrected, 3 more lines than --max-failures have failed',
  );
}
