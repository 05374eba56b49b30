import { readFileSync } from 'node:fs';
import { UserError } from '../../bundle/user-error.ts';
import { readContract } from '../../contract/contract.ts';
import type { EndpointName } from '../../contract/endpoint.ts';
import { readInput } from '../../contract/input-option.ts';
import { PROTOCOLS } from '../../contract/protocols/index.ts';
import { PROTOCOL_NAMES, type Protocol } from '../../contract/protocols/protocol.ts';
import { toWords } from '../../contract/report.ts';
import { type Exchange, MAX_VALUES, type Plan, valuesPerRow } from '../../contract/run.ts';
import { readSigner } from '../../contract/sigv4.ts';
import { commandLine } from '../command-line.ts';
import { MAX_INTEGER, readHeaders, readInteger, readOptional } from '../option-values.ts';
import { printable } from '../printable.ts';

const MAX_MESSAGES = 1000;

/** The options of the command as they are typed. */
export interface PlanOptions {
  readonly protocol: string;
  readonly model?: string | undefined;
  readonly endpoint: string;
  readonly path?: string | undefined;
  readonly requests: string;
  readonly batch: string;
  readonly tensor: boolean;
  readonly form: boolean;
  readonly messages?: string | undefined;
  readonly unit?: string | undefined;
  readonly binary: boolean;
  readonly columns: boolean;
  readonly input?: string | undefined;
  readonly header: readonly string[];
  readonly sigv4: boolean;
  readonly print: boolean;
  readonly timeout: string;
  readonly p99?: string | undefined;
  readonly seed?: string | undefined;
}

/**
 * The options and arguments of the command, read and checked.
 *
 * @param args - the contract's file and the URL of the host.
 * @param stop - ends a request that is under way.
 * @throws UserError naming the option or the place in the contract.
 */
export function toPlan(options: PlanOptions, args: readonly string[], stop: AbortSignal): Plan {
  const { file, host } = readArguments(args);
  const protocol = readProtocol(options);
  const endpoint = readEndpoint(options.endpoint, protocol);
  const url = readUrl(host, readPath(options, endpoint, protocol));
  const plan: Plan = {
    protocol,
    contract: inFile(file, () => readContract(readContractFile(file))),
    endpoint,
    client: {
      url,
      headers: readHeaders(options.header),
      signer: options.sigv4 ? readSigner(url, process.env) : undefined,
      timeoutMs: readInteger(options.timeout, '--timeout', 1),
      stop,
    },
    requests: readInteger(options.requests, '-n', 1),
    batch: readInteger(options.batch, '--batch', 1),
    tensor: options.tensor,
    form: options.form,
    messages: readInteger(options.messages ?? '2', '--messages', 1, MAX_MESSAGES),
    unit: options.unit,
    binary: options.binary,
    columns: options.columns,
    input: options.input === undefined ? undefined : readInput(options.input),
    seed: readOptional(options.seed, '--seed', 0) ?? Math.floor(Math.random() * MAX_INTEGER),
    p99: readOptional(options.p99, '--p99', 1),
    print: options.print ? printExchange : undefined,
  };
  if (options.sigv4 && 'authorization' in plan.client.headers) {
    throw new UserError('--sigv4: expected no --header authorization, because the signature is one');
  }
  if (plan.unit !== undefined && !['send-feedback', 'feedback'].includes(endpoint)) {
    throw new UserError('--unit: expected only with --endpoint send-feedback or feedback');
  }
  if (plan.input !== undefined && plan.columns) {
    throw new UserError('--input: expected no --columns, with which each column is a tensor of its own name');
  }
  inFile(file, () => protocol.refuseUnfit(plan));
  refuseTooLarge(plan);
  return plan;
}

function refuseTooLarge(plan: Plan): void {
  const values = valuesPerRow(plan);
  if (values * plan.batch > MAX_VALUES) {
    throw new UserError(
      `--batch: ${plan.batch} rows of ${values} values are too many; expected at most ${MAX_VALUES} values ` +
        'in a request',
    );
  }
}

/** Not to the standard output, which a report for machines may have for itself. */
function printExchange({ request, reply }: Exchange): void {
  const answer = reply === undefined ? 'no answer' : `answer: ${toWords(reply)}`;
  console.error(printable(`request: ${request.toJson()}\n${answer}`));
}

function readArguments([file, host, ...surplus]: readonly string[]): { file: string; host: string } {
  const example = 'contract.json http://localhost:9000';
  if (file === undefined || host === undefined) {
    throw new UserError(`expected a contract and a URL: ${commandLine('contract', example)}`);
  }
  if (surplus.length > 0) {
    throw new UserError(`"${surplus.join(' ')}": expected one contract and one URL, as ${example}`);
  }
  return { file, host };
}

function readContractFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(code === 'ENOENT' ? 'there is no such file' : message);
  }
}

/** Puts the file's name in front of an error, whose message has the place in the file. */
function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

/** The protocol; options that mean nothing in it are refused. */
function readProtocol(options: PlanOptions): Protocol {
  const protocol = PROTOCOLS.find(({ name }) => name === options.protocol);
  if (protocol === undefined) {
    const names = PROTOCOL_NAMES.join(', ');
    throw new UserError(`--protocol: expected one of ${names}, got "${options.protocol}"`);
  }
  for (const option of new Set(PROTOCOLS.flatMap((each) => each.options))) {
    const isGiven = options[option] !== undefined && options[option] !== false;
    if (isGiven && !protocol.options.includes(option)) {
      const knowing = PROTOCOLS.filter((each) => each.options.includes(option));
      throw new UserError(`--${option}: expected only with --protocol ${namesOf(knowing)}`);
    }
  }
  return protocol;
}

function namesOf(protocols: readonly Protocol[]): string {
  return protocols.map(({ name }) => name).join(' or ');
}

function readEndpoint(name: string, { name: protocol, endpoints }: Protocol): EndpointName {
  const endpoint = endpoints.find((each) => each === name.replace(/^\//, ''));
  if (endpoint) {
    return endpoint;
  }
  const [only] = endpoints;
  const expected =
    endpoints.length > 1 ? `one of ${endpoints.join(', ')}` : `${only} with --protocol ${protocol}`;
  throw new UserError(`--endpoint: expected ${expected}, got "${name}"`);
}

/** The path below the host: as it is given, or that of the endpoint, which may need the name of the model. */
function readPath({ path, model }: PlanOptions, endpoint: EndpointName, protocol: Protocol): string {
  if (model !== undefined && (!protocol.hasModel || path !== undefined || model === '')) {
    const expected = protocol.hasModel
      ? `a name that is not empty, and no --path, which has the name in it`
      : `only with --protocol ${namesOf(PROTOCOLS.filter(({ hasModel }) => hasModel))}`;
    throw new UserError(`--model: expected ${expected}`);
  }
  if (path !== undefined) {
    if (path === '' || /[?#]/.test(path)) {
      throw new UserError(`--path: expected a path as /api/v1.0/predictions, got "${path}"`);
    }
    return path.replace(/^\//, '');
  }
  if (protocol.hasModel && model === undefined) {
    throw new UserError(
      `--model: expected the name of the model, as --model iris, which is in the path of --protocol ${protocol.name}`,
    );
  }
  return protocol.pathOf(endpoint, model ?? '');
}

function readUrl(host: string, path: string): string {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UserError(`"${host}": expected a URL as http://localhost:9000`);
  }
  // The host may have a path of its own: the stage of a REST API.
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
  return url.href;
}
