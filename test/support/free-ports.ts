import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Ports that nobody listens on. They are below those that a system gives to connections and to servers without
 * a port of their own, so that no other test gets one of them before it is used.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      await once(server.close(), 'close');
      ports.add(port);
    } catch {
      // Another one, then.
    }
  }
  return [...ports];
}
