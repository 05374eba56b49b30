import { readFileSync } from 'node:fs';
import { UserError } from '../../bundle/user-error.ts';
import { readContract } from '../../contract/contract.ts';
import {
  ENDPOINT_NAMES,
  ENDPOINTS,
  type Endpoint,
  type EndpointName,
  refuseUnfit,
} from '../../contract/endpoint.ts';
import { type Exchange, MAX_VALUES, type Plan, valuesPerRow } from '../../contract/run.ts';
import { readSigner } from '../../contract/sigv4.ts';
import { commandLine } from '../command-line.ts';
import { MAX_INTEGER, readHeaders, readInteger, readOptional } from '../option-values.ts';

const MAX_MESSAGES = 1000;

/** The options of the command as they are typed. */
export interface PlanOptions {
  readonly endpoint: string;
  readonly path?: string | undefined;
  readonly requests: string;
  readonly batch: string;
  readonly tensor: boolean;
  readonly form: boolean;
  readonly messages: string;
  readonly unit?: string | undefined;
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
  const endpoint = readEndpoint(options.endpoint);
  const url = readUrl(host, options.path === undefined ? pathOf(endpoint) : readPath(options.path));
  const plan: Plan = {
    contract: inFile(file, () => readContract(readContractFile(file))),
    endpoint,
    client: {
      url,
      headers: readHeaders(options.header),
      form: options.form,
      signer: options.sigv4 ? readSigner(url, process.env) : undefined,
      timeoutMs: readInteger(options.timeout, '--timeout', 1),
      stop,
    },
    requests: readInteger(options.requests, '-n', 1),
    batch: readInteger(options.batch, '--batch', 1),
    tensor: options.tensor,
    messages: readInteger(options.messages, '--messages', 1, MAX_MESSAGES),
    unit: options.unit,
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
  inFile(file, () => refuseUnfit(plan.contract, endpoint, plan));
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
  const answer = reply === undefined ? 'no answer' : `answer: ${reply.status} ${reply.text.trim()}`;
  console.error(`request: ${request}\n${answer}`);
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

function readEndpoint(name: string): EndpointName {
  const endpoint = ENDPOINT_NAMES.find((each) => each === name.replace(/^\//, ''));
  if (endpoint) {
    return endpoint;
  }
  throw new UserError(`--endpoint: expected one of ${ENDPOINT_NAMES.join(', ')}, got "${name}"`);
}

function pathOf(name: EndpointName): string {
  const { path = name }: Endpoint = ENDPOINTS[name];
  return path;
}

function readPath(path: string): string {
  if (path === '' || /[?#]/.test(path)) {
    throw new UserError(`--path: expected a path as /api/v1.0/predictions, got "${path}"`);
  }
  return path.replace(/^\//, '');
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
