import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openScriptedRedis } from '../../support/stores/scripted-redis.ts';
import { failureOf, open, SOON_MS } from '../../support/stores/store-calls.ts';
import { bytes } from '../../support/stores/store-suite.ts';

/** A bulk string, as servers send versions and values. */
function bulk(value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`$${value.length}\r\n`), value, Buffer.from('\r\n')]);
}

function pair(value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('*2\r\n'), bulk(bytes('version')), bulk(value)]);
}

/** Writes the pieces one by one, each when the system has taken the one before. */
async function writeAll(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise(setImmediate);
  }
}

describe('a reply of Redis', () => {
  test('is the same, in whatever pieces it comes', async () => {
    let pieces: Uint8Array[] = [];
    const server = await openScriptedRedis({ answer: (socket) => writeAll(socket, pieces) });
    const store = await open(server.url);
    // Values that hold what looks like the protocol, too.
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom('\r\n$3\r\n', '*2\r\n', '-ERR no\r\n', '\r').map(bytes),
    );
    const cuts = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(value, cuts, async (value, cuts) => {
        const reply = pair(value);
        const at = [0, ...cuts.filter((cut) => cut < reply.length).sort((a, b) => a - b), reply.length];
        pieces = at.slice(1).map((end, index) => reply.subarray(at[index], end));
        expect(await store.get('key', SOON_MS)).toEqual({ version: 'version', value: Buffer.from(value) });
      }),
      { numRuns: 200 },
    );
    expect(server.accepted).toBe(1);
    await store.close();
    await server.close();
  });

  test.each([
    ['of a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['with a list that is too long', '*99999999999\r\n'],
    ['with a value that is too long', '*2\r\n$536870913\r\n'],
    ['with a length that is no number', '*2\r\n$1e3\r\n'],
    ['with lists in a list', '*2\r\n*0\r\n'],
    ['without the end of a value', '*2\r\n$3\r\nabcd\r\n'],
    ['of another version of the protocol', '%1\r\n$3\r\nabc\r\n'],
    ['with an empty line', '\r\n'],
    ['with a line that does not end', '+'.padEnd(100_000, 'x')],
  ])('%s is told from one, and ends the connection', async (_name, text) => {
    const server = await openScriptedRedis({ answer: (socket) => socket.write(text) });
    const store = await open(server.url);
    const message = `${server.url}: the answer is not that of a Redis server`;
    await expect(store.get('key', SOON_MS)).rejects.toThrow(message);
    await expect(store.put('key', bytes('value'), undefined, SOON_MS)).rejects.toThrow(message);
    // Waits for the end of all connections.
    await server.close();
    expect(server.accepted).toBe(2);
  });

  test.each([
    ['a value', '$2\r\nOK\r\n'],
    ['a word', '+OK\r\n'],
    ['nothing', '*-1\r\n'],
  ])('that is %s does not pass for a state, nor for a write', async (_name, text) => {
    const server = await openScriptedRedis({ answer: (socket) => socket.write(text) });
    const store = await open(server.url);
    const message = 'the server answered something else than was asked';
    await expect(store.get('key', SOON_MS)).rejects.toThrow(message);
    await expect(store.put('key', bytes('value'), undefined, SOON_MS)).rejects.toThrow(message);
    await store.close();
    await server.close();
  });

  test('that nobody has asked for ends the connection', async () => {
    const server = await openScriptedRedis({ answer: (socket) => socket.write(':1\r\n:1\r\n') });
    const store = await open(server.url);
    expect((await store.put('key', bytes('value'), undefined, SOON_MS)).isStored).toBe(true);
    await server.close();
  });

  test.each([
    [
      'for now',
      '-ERR max number of clients reached\r\n',
      { summary: 'the server refused a command; the log says why' },
    ],
    ['for good', '-DENIED Redis is running in protected mode\r\n', { reason: 'MICROSERVICE_BAD_PARAMETER' }],
  ])('that refuses a connection %s is told, though nothing was asked', async (_name, text, expected) => {
    const server = await openScriptedRedis({ greet: (socket) => socket.end(text) });
    const store = await open(`${server.url}/1`);
    for (let call = 0; call < 20; call++) {
      const error = await failureOf(store.get('key', SOON_MS));
      expect(error).toMatchObject(expected);
    }
    await store.close();
    await server.close();
  });

  test('that breaks off is a failure, and the next call connects again', async () => {
    let isBroken = true;
    const server = await openScriptedRedis({
      answer: (socket) => (isBroken ? socket.end('*2\r\n$7\r\nver') : socket.write(pair(bytes('value')))),
    });
    const store = await open(server.url);
    await expect(store.get('key', SOON_MS)).rejects.toThrow(`${server.url}: the connection was closed`);
    isBroken = false;
    expect(await store.get('key', SOON_MS)).toMatchObject({ version: 'version' });
    await store.close();
    await server.close();
  });
});
