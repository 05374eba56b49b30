import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { createSelfSigned } from '../../test/support/stores/self-signed.ts';
import type { OpenedStore } from './servers.ts';

/** Stores that speak TLS, until they are closed. */
export interface TlsStores {
  readonly stores: readonly OpenedStore[];
  close(): void;
}

/** The same stores over TLS, as they are in AWS; without those that are not on the network. */
export async function overTls(stores: readonly OpenedStore[]): Promise<TlsStores> {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  const { key, cert } = createSelfSigned();
  const file = join(folder, 'cert.pem');
  writeFileSync(file, cert);
  const closing: (() => void)[] = [() => rmSync(folder, { recursive: true })];
  const opened: OpenedStore[] = [];
  for (const store of stores) {
    if (store.address !== undefined) {
      const { address, close } = await openFront(store.address, { key, cert });
      closing.push(close);
      const environment = () => ({
        ...Object.fromEntries(
          Object.entries(store.environment(address)).map(([name, value]) => [name, toTls(value)]),
        ),
        NODE_EXTRA_CA_CERTS: file,
      });
      opened.push({ ...store, title: `${store.title}, TLS`, address, environment });
    }
  }
  return {
    stores: opened,
    close() {
      for (const close of closing) {
        close();
      }
    },
  };
}

function toTls(url: string): string {
  return url.replace(/^redis:/, 'rediss:').replace(/^http:/, 'https:');
}

/** Takes TLS on a free port of 127.0.0.1, and passes what is in it on to `target` (`host:port`) and back. */
async function openFront(target: string, certificate: { readonly key: string; readonly cert: string }) {
  const { hostname: host, port } = new URL(`tcp://${target}`);
  const sockets = new Set<TLSSocket>();
  const server = createServer({ ...certificate, noDelay: true }, (socket) => {
    const behind = connect({ host, port: Number(port), noDelay: true });
    sockets.add(socket);
    for (const [one, other] of [
      [socket, behind],
      [behind, socket],
    ] as const) {
      one.pipe(other);
      // A process that has its answer ends without a word.
      one.on('error', () => other.destroy());
    }
    socket.on('close', () => sockets.delete(socket) && behind.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
    },
  };
}
