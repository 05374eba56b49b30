import { once } from 'node:events';
import { connect } from 'node:net';
import { UserError } from '../../bundle/user-error.ts';
import { checkUrls } from '../stack/urls.ts';
import type { LocalFunction } from './instance.ts';

/** A server that is on this machine answers in one. */
const LIMIT_MS = 1000;

/** The variables that hold the URL of what a function calls. */
const VARIABLES = ['MODEL_URI', 'STATE_URL', 'STATE_OVERFLOW_URL', 'METRICS_URL', 'PAYLOAD_LOG_URL'];

/** A server that a function calls, and the variable that names it. */
interface Named {
  readonly variable: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Looks at the URLs that the functions have, and warns of servers that do not answer: a function tries for
 * seconds, as it does on AWS, before its first answer says so.
 *
 * Services of AWS are looked for only where a variable says where they are, as an emulator.
 *
 * @throws UserError for URLs that no function could use.
 */
export async function lookForServers(functions: readonly LocalFunction[]): Promise<void> {
  const environments = functions.map(({ environment }) => environment);
  const mistakes = new Set(environments.flatMap((each) => checkUrls(each, true)));
  if (mistakes.size > 0) {
    throw new UserError([...mistakes].join('\n'));
  }
  const named = environments.flatMap((each) => VARIABLES.flatMap((variable) => serversOf(variable, each)));
  const distinct = new Map(named.map((each) => [`${each.variable} ${each.host} ${each.port}`, each]));
  const warnings = await Promise.all([...distinct.values()].map(warningOf));
  for (const warning of warnings) {
    if (warning !== undefined) {
      console.warn(`warning: ${warning}`);
    }
  }
}

function serversOf(variable: string, environment: Readonly<Record<string, string>>): Named[] {
  const text = environment[variable];
  const address = text ? addressOf(new URL(text), environment) : undefined;
  if (address === undefined) {
    return [];
  }
  const { protocol, hostname, port } = address;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return [{ variable, host, port: Number(port) || (PORTS[protocol] as number) }];
}

/** The ports of the schemes, where a URL names none. */
const PORTS: Readonly<Record<string, number>> = {
  'redis:': 6379,
  'rediss:': 6379,
  'http:': 80,
  'https:': 443,
};

/** Where a URL leads to; undefined for files, for memory, and for AWS itself. */
function addressOf(url: URL, environment: Readonly<Record<string, string>>): URL | undefined {
  if (url.protocol in PORTS) {
    return url;
  }
  const service = url.protocol.slice(0, -1).toUpperCase();
  const given = environment[`AWS_ENDPOINT_URL_${service}`] || environment.AWS_ENDPOINT_URL;
  return given && ADDRESSED.includes(service) ? new URL(given) : undefined;
}

/** The services that have a variable for their address, as their schemes name them. */
const ADDRESSED = ['DYNAMODB', 'S3', 'SQS', 'EVENTBRIDGE', 'FIREHOSE'];

async function warningOf({ variable, host, port }: Named): Promise<string | undefined> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(LIMIT_MS) });
    return undefined;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    const why = name === 'AbortError' ? `no answer in ${LIMIT_MS} ms` : code;
    const what = `the server at ${host}:${port} cannot be reached (${why})`;
    return `${variable}: ${what}; until it is there, calls that need it fail`;
  } finally {
    socket.destroy();
  }
}
