import { CallFailure, configurationError } from '../../call-failure.ts';
import { withoutCredentials } from '../../redact.ts';

const { isIP } = process.getBuiltinModule('node:net');

const PORT = 6379;

/** A Redis server, as its STATE_URL describes it. */
export interface RedisServer {
  /** The URL without user and password, for messages. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Undefined: no TLS. */
  readonly tls: { readonly servername?: string } | undefined;
}

/**
 * Reads `redis://[[user]:password@]host[:port][/database]` and `rediss://`.
 *
 * @throws SeldonError MICROSERVICE_BAD_PARAMETER for any other URL; the message does not contain the
 *   password.
 */
export function redisServer(url: URL): RedisServer {
  const { protocol, port, pathname, search, hash } = url;
  const name = `${protocol}//${url.host}${pathname}`;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const [, database] = pathname.match(/^\/?(\d*)$/) ?? [];
  if (host === '' || database === undefined || search !== '' || hash !== '') {
    const expected =
      `expected ${protocol}//[[user]:password@]host[:port][/database], with %23, %2F, %3F and %40 ` +
      'for #, /, ? and @ in a password';
    throw configurationError(new CallFailure(`${withoutCredentials(url.href)}: ${expected}`, expected));
  }
  return {
    name,
    host,
    port: port === '' ? PORT : Number(port),
    database: Number(database),
    username: decoded(url.username) || undefined,
    password: decoded(url.password) || undefined,
    // A certificate is for a name, which the server has to know; an address is not a name.
    tls: protocol === 'rediss:' ? (isIP(host) ? {} : { servername: host }) : undefined,
  };
}

/** Decodes percent-encoding; a percent sign that encodes nothing stands for itself. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  );
}
