import { CallFailure, connectionError } from '../../call-failure.ts';
import type { BindingHost, BoundUnit } from '../bound-unit.ts';
import type { UnitPlan } from '../plan.ts';
import { remoteUnit } from '../remote/remote-unit.ts';
import { openUrlClient } from '../remote/url-client.ts';

/** The longest time in which a connection is made, in milliseconds. */
const CONNECT_MS = 3_000;

/** Opens a unit with a URL. */
export async function openUrl(name: string, plan: UnitPlan, host: BindingHost): Promise<BoundUnit> {
  const { base, send } = await openUrlClient(`unit ${name}`, plan.target, host.instance);
  return remoteUnit(
    'http',
    { name, plan, host },
    {
      send,
      check: (timeoutMs) => connect(base, Math.min(timeoutMs, CONNECT_MS)),
    },
  );
}

/** Opens a connection and closes it, as the executor does. */
function connect({ hostname, port, protocol }: URL, timeoutMs: number): Promise<void> {
  const net = process.getBuiltinModule('node:net');
  const to = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
  };
  return new Promise((resolve, reject) => {
    const socket = net.connect(to, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy();
      reject(new CallFailure(`${hostname}: no connection within ${timeoutMs} ms`, 'no answer'));
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(connectionError(`${hostname}: ${error.message}`, error.code, error)),
    );
  });
}
