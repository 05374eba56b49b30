import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openProxy, type ProxyOptions, type StoreProxy } from './proxy.ts';

/** Answers each line with that line, and counts. */
let server: Server;
let received = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received++;
      socket.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

const open = (options?: ProxyOptions) =>
  openProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`, options);

/** Bytes that are written before the connection is made wait for it. */
function dial({ address }: StoreProxy): Socket {
  const { hostname, port } = new URL(`tcp://${address}`);
  return connect(Number(port), hostname);
}

/** The reply, or a word that says how the connection ended. */
function ask(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (bytes) => resolve(bytes.toString()));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.once('close', () => resolve('closed'));
    socket.write(text);
  });
}

async function lossesOf(options: ProxyOptions): Promise<string> {
  const proxy = await open(options);
  const losses: boolean[] = [];
  for (let index = 0; index < 200; index++) {
    const socket = dial(proxy);
    losses.push((await ask(socket, 'x')) !== 'x');
    socket.destroy();
  }
  expect(proxy.dropped).toBe(losses.filter(Boolean).length);
  await proxy.close();
  return losses.map(Number).join('');
}

test('passes everything on when there is nothing to lose', async () => {
  expect(await lossesOf({})).not.toContain('1');
});

test('loses its share of the replies, the same ones for the same seed, after the server had each request', async () => {
  const before = received;
  const losses = await lossesOf({ share: 0.2, seed: 7 });
  expect(received - before).toBe(200);
  expect(losses.replaceAll('0', '').length).toBeGreaterThan(20);
  expect(losses.replaceAll('0', '').length).toBeLessThan(60);
  expect(await lossesOf({ share: 0.2, seed: 7 })).toBe(losses);
  expect(await lossesOf({ share: 0.2, seed: 8 })).not.toBe(losses);
});

test('holds everything back while it is stalled', async () => {
  const proxy = await open();
  const another = await open();
  const socket = dial(proxy);
  expect(await ask(socket, 'before')).toBe('before');
  proxy.state = 'stalled';
  const before = received;
  const answer = ask(socket, 'held');
  expect(await ask(dial(another), 'elsewhere')).toBe('elsewhere');
  expect(received - before).toBe(1);
  proxy.state = 'up';
  expect(await answer).toBe('held');
  await Promise.all([proxy.close(), another.close()]);
});

test('ends connections and takes no new ones while it is down', async () => {
  const proxy = await open();
  const socket = dial(proxy);
  expect(await ask(socket, 'before')).toBe('before');
  proxy.state = 'down';
  await once(socket, 'close');
  expect(await ask(dial(proxy), 'x')).toMatch(/ECONNRESET|closed/);
  proxy.state = 'up';
  expect(await ask(dial(proxy), 'after')).toBe('after');
  await proxy.close();
});

test('resets a connection that was abandoned when it is used next, and no other', async () => {
  const proxy = await open();
  const socket = dial(proxy);
  expect(await ask(socket, 'before')).toBe('before');
  proxy.abandon();
  const before = received;
  expect(await ask(socket, 'x')).toMatch(/ECONNRESET|closed/);
  expect(received).toBe(before);
  expect(await ask(dial(proxy), 'after')).toBe('after');
  await proxy.close();
});
