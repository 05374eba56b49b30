import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readContract, UsageError } from '../contract/contract.ts';
import { ENDPOINTS, type EndpointName, refuseUnfit } from '../contract/endpoint.ts';
import { isPassed, toJson, toText } from '../contract/report.ts';
import { type Plan, runContract } from '../contract/run.ts';

const NAMES = Object.keys(ENDPOINTS) as EndpointName[];

const HELP = `Sends requests that a contract.json describes to a served model, and checks each answer.

  npm run contract -- contract.json http://localhost:9000 [options]

  --endpoint <name>     ${NAMES.join(', ')} (default: predict)
  -n <count>            requests, one after the other (default: 100)
  -b, --batch <rows>    rows of each request (default: 1)
  -t, --tensor          data as tensor (default: as ndarray)
  --form                the body as form field json=, as Seldon's client sends it
  --messages <count>    messages that one call of aggregate combines (default: 2)
  --unit <id>           send-feedback to a router: its PREDICTIVE_UNIT_ID; it gets targets[0] as the branch it chose
  --header <header>     'x-api-key: ...'; may be repeated
  --timeout <ms>        longest time to wait for an answer (default: 30000)
  --p99 <ms>            fails when more than one of 100 answers takes longer
  --seed <number>       makes the same requests again (default: another one each time)
  --json                a report for machines
  -h, --help            this text

Exit code: 0 all answers are as the contract says, 1 some are not, or none came, 2 the command or the contract is wrong.
`;

try {
  await run();
} catch (error) {
  if (!isUserError(error)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 2;
}

async function run(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) {
    return console.log(HELP);
  }
  const stop = new AbortController();
  const plan = toPlan(values, positionals, stop.signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort());
  }
  // What fetch loads at its first call is not the host's time.
  await fetch('data:,');
  const result = await runContract(plan, showProgress);
  showProgress('');
  console.log(values.json ? toJson(plan, result) : toText(plan, result));
  process.exitCode = stop.signal.aborted ? 130 : isPassed(result) ? 0 : 1;
}

type Arguments = ReturnType<typeof readArguments>['values'];

function readArguments() {
  return parseArgs({
    allowPositionals: true,
    options: {
      endpoint: { type: 'string', default: 'predict' },
      requests: { type: 'string', short: 'n', default: '100' },
      batch: { type: 'string', short: 'b', default: '1' },
      tensor: { type: 'boolean', short: 't', default: false },
      form: { type: 'boolean', default: false },
      messages: { type: 'string', default: '2' },
      unit: { type: 'string' },
      header: { type: 'string', multiple: true, default: [] },
      timeout: { type: 'string', default: '30000' },
      p99: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function toPlan(values: Arguments, positionals: readonly string[], stop: AbortSignal): Plan {
  const [file, host, ...surplus] = positionals;
  if (file === undefined || host === undefined) {
    throw new UsageError(
      'expected a contract and a URL: npm run contract -- contract.json http://localhost:9000',
    );
  }
  if (surplus.length > 0) {
    throw new UsageError(
      `"${surplus.join(' ')}": expected one contract and one URL, as contract.json http://localhost:9000`,
    );
  }
  const endpoint = readEndpoint(values.endpoint);
  const plan: Plan = {
    contract: inFile(file, () => readContract(readContractFile(file))),
    endpoint,
    client: {
      url: readUrl(host, endpoint),
      headers: readHeaders(values.header),
      form: values.form,
      timeoutMs: readInteger(values.timeout, '--timeout', 1),
      stop,
    },
    requests: readInteger(values.requests, '-n', 1),
    batch: readInteger(values.batch, '--batch', 1),
    tensor: values.tensor,
    messages: readInteger(values.messages, '--messages', 1),
    unit: values.unit,
    seed:
      values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : readInteger(values.seed, '--seed', 0),
    p99: values.p99 === undefined ? undefined : readInteger(values.p99, '--p99', 1),
  };
  if (plan.unit !== undefined && endpoint !== 'send-feedback') {
    throw new UsageError('--unit: expected only with --endpoint send-feedback');
  }
  inFile(file, () => refuseUnfit(plan.contract, endpoint, plan));
  return plan;
}

function readContractFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? 'there is no such file' : message);
  }
}

/** Says in which file the place is. */
function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${file}: ${error.message}`) : error;
  }
}

function readEndpoint(name: string): EndpointName {
  const endpoint = NAMES.find((each) => each === name.replace(/^\//, ''));
  if (endpoint) {
    return endpoint;
  }
  throw new UsageError(`--endpoint: expected one of ${NAMES.join(', ')}, got "${name}"`);
}

function readUrl(host: string, endpoint: string): string {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`"${host}": expected a URL as http://localhost:9000`);
  }
  // The host may have a path of its own: the stage of a REST API.
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${endpoint}`;
  return url.href;
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers = new Headers();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    try {
      headers.append(name.trim(), value.trim());
    } catch {
      throw new UsageError(`--header: expected "name: value", got "${line}"`);
    }
  }
  return Object.fromEntries(headers);
}

function readInteger(text: string, option: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value < 2 ** 31) {
    return value;
  }
  throw new UsageError(`${option}: expected an integer from ${least} to ${2 ** 31 - 1}, got "${text}"`);
}

/** On a terminal: in place of what it showed before. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[K${text}`);
  }
}

function isUserError(error: unknown): error is Error {
  return (
    error instanceof UsageError || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
  );
}
