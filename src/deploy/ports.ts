import { once } from 'node:events';
import { createServer } from 'node:net';
import { UserError } from '../bundle/user-error.ts';

/** The settings that name a port, and the variable of the shell for each. */
export const PORTS = { httpPort: 'HTTP_PORT', lambdaPort: 'LAMBDA_PORT' } as const;
/** The ports of serverless-offline. */
export type PortName = keyof typeof PORTS;

const HIGHEST = 65_535;

/** @throws UserError when a setting is not the number of a port. */
export function readPort(name: PortName, value: unknown): number {
  const port = typeof value === 'string' && !/^\d+$/.test(value.trim()) ? Number.NaN : Number(value);
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST) {
    return port;
  }
  const got = JSON.stringify(value);
  throw new UserError(`${name} is ${got}; expected a port, 1 to ${HIGHEST}: use --${name} or ${PORTS[name]}`);
}

/**
 * Listens on a port, and closes it again.
 *
 * @throws UserError as {@link badAddress} has it.
 */
export async function refuseBusyPort(name: PortName, port: number, host: string): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw badAddress(name, port, host, error as NodeJS.ErrnoException);
  }
  await once(server.close(), 'close');
}

/** The errors of a host that is not this machine, whatever the port. */
const OF_HOST = ['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** The mistake that a port cannot be listened on, with the option that names another one, or another host. */
export function badAddress(
  name: PortName,
  port: number,
  host: string,
  { code = '', message }: NodeJS.ErrnoException,
): UserError {
  if (OF_HOST.includes(code)) {
    return new UserError(`${host} is no address of this machine (${code}): use --host or HTTP_HOST`);
  }
  const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${message})`;
  return new UserError(`port ${port} ${why}; choose another one: --${name} <port>`);
}
