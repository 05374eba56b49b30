import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { open, SOON_MS } from '../../support/stores/store-calls.ts';
import { bytes } from '../../support/stores/store-suite.ts';

describe('redis, without an answer,', () => {
  test('says in time that nobody listens', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    // A name has two addresses, and both refuse.
    for (const host of ['127.0.0.1', 'localhost']) {
      const store = await open(`redis://:geheim@${host}:${port}`);
      await expect(store.get('key', SOON_MS)).rejects.toThrow(/^redis:\/\/[\w.]+:\d+: .*ECONNREFUSED/);
      await expect(store.put('key', bytes('value'), undefined, SOON_MS)).rejects.toThrow('ECONNREFUSED');
    }
  });

  test('ends in time when it is connected, but hears nothing', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const scheme of ['redis', 'rediss']) {
      const store = await open(`${scheme}://127.0.0.1:${port}/1`);
      const message = `${scheme}://127.0.0.1:${port}/1: no answer in 50 ms`;
      await expect(store.get('key', 50)).rejects.toThrow(message);
      await expect(store.put('key', bytes('value'), undefined, 50)).rejects.toThrow(message);
    }
    server.close();
    // Nothing holds a connection any more.
    await once(server, 'close');
  });

  test('leaves nothing running, whatever became of its connections', async () => {
    const script = `
      import { once } from 'node:events';
      import { createServer } from 'node:net';
      import { openStore } from './src/runtime/stores/index.ts';
      const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const store = await openStore('redis://127.0.0.1:' + server.address().port, {});
      await store.get('key', 50).catch(() => {});
      server.close();
      await once(server, 'close');
      await store.get('key', 50).catch(() => {});
      await store.close();
      // A handle that was closed is gone after a turn of the loop.
      await new Promise(setImmediate);
      console.log(JSON.stringify(process.getActiveResourcesInfo()));`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: new URL('../../..', import.meta.url),
    });
    // The outputs are pipes.
    expect(JSON.parse(stdout).filter((kind: string) => kind !== 'PipeWrap')).toEqual([]);
  });

  test('does not connect any more when it is closed', async () => {
    const store = await open('redis://127.0.0.1:1');
    await store.close();
    await expect(store.get('key', SOON_MS)).rejects.toThrow('redis://127.0.0.1:1: the store is closed');
  });
});
