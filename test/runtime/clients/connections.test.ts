import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDynamodb } from '../../../src/runtime/stores/dynamodb/dynamodb.ts';
import { openS3 } from '../../../src/runtime/stores/s3/s3.ts';
import type { Store } from '../../../src/runtime/stores/store.ts';
import { AWS_SETTINGS } from '../../support/stores/aws-settings.ts';
import { createTable, type DynamodbServer, openDynalite } from '../../support/stores/dynamodb-servers.ts';
import { openProxy, type StoreProxy } from '../../support/stores/proxy.ts';
import { openS3Server, type S3Server } from '../../support/stores/s3-server.ts';
import { createSelfSigned } from '../../support/stores/self-signed.ts';
import { newKey } from '../../support/stores/store-suite.ts';

const VALUE = Buffer.from('value');

let dynalite: DynamodbServer;
let s3: S3Server;
beforeAll(async () => {
  [dynalite, s3] = await Promise.all([openDynalite(), openS3Server()]);
  await createTable(dynalite, 'states');
});
afterAll(() => Promise.all([dynalite.close(), s3.close()]));

describe.each([
  [
    'DynamoDB',
    () => dynalite.url,
    (endpoint: string) =>
      openDynamodb(new URL('dynamodb://states'), { ...AWS_SETTINGS, dynamodbEndpoint: endpoint }),
  ],
  [
    'S3',
    () => s3.url,
    (endpoint: string) => openS3(new URL('s3://states/prefix'), { ...AWS_SETTINGS, s3Endpoint: endpoint }),
  ],
])('a connection to %s', (_name, urlOf, open) => {
  let proxy: StoreProxy;
  let store: Store;
  let key: string;
  beforeEach(async () => {
    proxy = await openProxy(new URL(urlOf()).host);
    store = await open(`http://${proxy.address}`);
    key = newKey();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await store.close();
    await proxy.close();
  });

  const put = async (seen?: string) => {
    const result = await store.put(key, VALUE, seen, 5000);
    return result.isStored ? result.version : expect.fail('refused');
  };
  /** The stored value, read over another connection. */
  const look = async () => {
    const another = await open(urlOf());
    const stored = await another.get(key, 5000);
    await another.close();
    return stored;
  };

  test('is kept and used again', async () => {
    let version = await put();
    for (let index = 0; index < 5; index++) {
      version = await put((await store.get(key, 5000))?.version);
    }
    expect((await store.get(key, 5000))?.version).toBe(version);
    expect(proxy.accepted).toBe(1);
  });

  test('that died unnoticed is replaced for a read', async () => {
    const version = await put();
    proxy.abandon();
    expect((await store.get(key, 5000))?.version).toBe(version);
    expect(proxy.accepted).toBe(2);
  });

  test('is replaced once for a read, not for ever', async () => {
    await put();
    proxy.share = 1;
    await expect(store.get(key, 5000)).rejects.toThrow(/hang up|ECONNRESET/);
    expect(proxy.dropped).toBe(2);
  });

  test('is replaced for a read by a new one, not by another that may be as dead', async () => {
    await put();
    await Promise.all([store.get(key, 5000), store.get(key, 5000), store.get(key, 5000)]);
    const { accepted } = proxy;
    proxy.abandon();
    expect(await store.get(key, 5000)).toBeDefined();
    expect(proxy.accepted).toBe(accepted + 1);
  });

  test('that is new and dies is not replaced', async () => {
    proxy.share = 1;
    await expect(store.get(key, 5000)).rejects.toThrow(/hang up|ECONNRESET/);
    expect(proxy.accepted).toBe(1);
  });

  test('that died unnoticed fails a write, which is not sent again', async () => {
    const version = await put();
    proxy.abandon();
    await expect(store.put(key, Buffer.from('next'), version, 5000)).rejects.toThrow(
      /hang up|ECONNRESET|EPIPE/,
    );
    expect(proxy.accepted).toBe(1);
    expect((await look())?.version).toBe(version);
    await put(version);
  });

  test('that ends before the answer to a write fails it, though it happened', async () => {
    const version = await put();
    proxy.share = 1;
    await expect(store.put(key, Buffer.from('next'), version, 5000)).rejects.toThrow(/hang up|ECONNRESET/);
    expect(proxy.dropped).toBe(1);
    expect(Buffer.from((await look())?.value ?? []).toString()).toBe('next');
  });

  test('is not used again after 4 seconds', async () => {
    const version = await put();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3900 });
    const next = await put(version);
    expect(proxy.accepted).toBe(1);
    proxy.abandon();
    vi.setSystemTime(Date.now() + 4100);
    await put(next);
    expect(proxy.accepted).toBe(2);
  });

  test('is given up when the time is over, by an error that says what, where and how long', async () => {
    const version = await put();
    proxy.state = 'stalled';
    const host = proxy.address.replaceAll('.', '\\.');
    const message = (operation: string) => new RegExp(`${operation} .* at ${host}: no answer within 50 ms`);
    await expect(store.get(key, 50)).rejects.toThrow(message('(GetItem|GET)'));
    await expect(store.put(key, Buffer.from('next'), version, 50)).rejects.toThrow(message('(PutItem|PUT)'));
    await vi.waitFor(() => expect(proxy.open).toBe(0), { interval: 1 });
    proxy.state = 'up';
    expect((await store.get(key, 5000))?.version).toBe(version);
  });

  test('is not made when no time is left', async () => {
    await expect(store.get(key, 0)).rejects.toThrow('no time is left');
    await expect(store.put(key, VALUE, undefined, -1)).rejects.toThrow('no time is left');
    expect(proxy.accepted).toBe(0);
  });

  test('that cannot be made says so', async () => {
    await proxy.close();
    const { address } = proxy;
    proxy = await openProxy(address);
    await expect(store.get(key, 5000)).rejects.toThrow(`at ${address}: connect ECONNREFUSED ${address}`);
  });

  test('may be made again after close', async () => {
    await put();
    await store.close();
    expect(await store.get(key, 5000)).toBeDefined();
  });
});

test('an answer that ends in its middle is an error', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': 100, etag: '"0"' }).write('half');
    setImmediate(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = await openS3(new URL('s3://states'), { ...AWS_SETTINGS, s3Endpoint: endpoint });
  await expect(store.get('key', 5000)).rejects.toThrow('aborted');
  server.close();
});

describe('over TLS', () => {
  const tls = createSelfSigned();
  let server: S3Server;
  let folder: string;
  beforeAll(async () => {
    server = await openS3Server({ tls });
    folder = await mkdtemp(join(tmpdir(), 'tls-'));
    await writeFile(join(folder, 'cert.pem'), tls.cert);
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test('a server whose certificate is not trusted gets nothing', async () => {
    const store = await openS3(new URL('s3://states'), { ...AWS_SETTINGS, s3Endpoint: server.url });
    await expect(store.put('key', VALUE, undefined, 5000)).rejects.toThrow(/certificate/);
    expect(server.requests).toEqual([]);
  });

  test('a store reads and writes', async () => {
    const script = join(folder, 'script.mjs');
    await build({
      stdin: {
        contents: `
          import { openS3 } from './src/runtime/stores/s3/s3.ts';
          const store = await openS3(new URL('s3://states'), ${JSON.stringify({ ...AWS_SETTINGS, s3Endpoint: server.url })});
          const put = await store.put('key', Buffer.from('over TLS'), undefined, 5000);
          console.log(put.isStored, String((await store.get('key', 5000)).value));
        `,
        resolveDir: new URL('../../..', import.meta.url).pathname,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: `import{createRequire}from'node:module';const require=createRequire(import.meta.url);` },
      outfile: script,
    });
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') };
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await text(child.stdout)).toBe('true over TLS\n');
  });
});
