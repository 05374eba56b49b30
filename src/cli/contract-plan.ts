import { readFileSync } from 'node:fs';
import { UserError } from '../bundle/user-error.ts';
import { readContract } from '../contract/contract.ts';
import { ENDPOINT_NAMES, type EndpointName, refuseUnfit } from '../contract/endpoint.ts';
import type { Plan } from '../contract/run.ts';
import { commandLine } from './command.ts';

const MAX_INTEGER = 2 ** 31 - 1;

/** The options of the command as they are typed. */
interface PlanOptions {
  readonly endpoint: string;
  readonly requests: string;
  readonly batch: string;
  readonly tensor: boolean;
  readonly form: boolean;
  readonly messages: string;
  readonly unit?: string | undefined;
  readonly header: readonly string[];
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
  const plan: Plan = {
    contract: inFile(file, () => readContract(readContractFile(file))),
    endpoint,
    client: {
      url: readUrl(host, endpoint),
      headers: readHeaders(options.header),
      form: options.form,
      timeoutMs: readInteger(options.timeout, '--timeout', 1),
      stop,
    },
    requests: readInteger(options.requests, '-n', 1),
    batch: readInteger(options.batch, '--batch', 1),
    tensor: options.tensor,
    messages: readInteger(options.messages, '--messages', 1),
    unit: options.unit,
    seed: readOptional(options.seed, '--seed', 0) ?? Math.floor(Math.random() * MAX_INTEGER),
    p99: readOptional(options.p99, '--p99', 1),
  };
  if (plan.unit !== undefined && endpoint !== 'send-feedback') {
    throw new UserError('--unit: expected only with --endpoint send-feedback');
  }
  inFile(file, () => refuseUnfit(plan.contract, endpoint, plan));
  return plan;
}

function readArguments([file, host, ...surplus]: readonly string[]): { file: string; host: string } {
  const example = 'contract.json http://localhost:9000';
  if (file === undefined || host === undefined) {
    throw new UserError(`expected a contract and a URL: ${commandLine('contract')} ${example}`);
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

function readUrl(host: string, endpoint: string): string {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UserError(`"${host}": expected a URL as http://localhost:9000`);
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
      throw new UserError(`--header: expected "name: value", got "${line}"`);
    }
  }
  return Object.fromEntries(headers);
}

function readOptional(text: string | undefined, option: string, least: number): number | undefined {
  return text === undefined ? undefined : readInteger(text, option, least);
}

function readInteger(text: string, option: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= MAX_INTEGER) {
    return value;
  }
  throw new UserError(`${option}: expected an integer from ${least} to ${MAX_INTEGER}, got "${text}"`);
}
