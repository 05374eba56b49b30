import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  ask,
  folder,
  found,
  MB,
  objectsOnDisk,
  openModelFiles,
  predict,
  put,
  random,
  requests,
  server,
  start,
} from '../../support/model-files.ts';

openModelFiles();

describe('the files of MODEL_URI', () => {
  test('are fetched before the class is made, once for all calls and functions of an instance', async () => {
    put('mine/weights.json', '[1,10,100]');
    const functions = start({ MODEL_NAME: 'Weights' });
    const message = { data: { ndarray: [1, 2, 3] } };
    const answers = await Promise.all([
      predict(functions, message),
      predict(functions, message),
      predict(functions, message, '/api/v1.0/predictions'),
      predict(functions, message, '/transform-input'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[0].body.data.ndarray).toEqual([321]);
    await predict(functions, message);
    expect(requests()).toEqual(['GET models/mine/weights.json', 'LIST models/mine/']);
  });

  test('that are on the disk are not fetched again by the next instance, which only looks whether they are the same', async () => {
    const content = put('mine/a.bin', random(9 * MB));
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', content));
    requests();
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', content));
    expect(requests()).toEqual(['LIST models/mine/']);
  });

  test('are fetched again when somebody has changed them on the disk, or in the bucket; only these', async () => {
    const a = put('mine/a.bin', random(9 * MB));
    put('mine/b.bin', 'first');
    await ask(start(), 'a.bin');
    requests();
    const b = put('mine/b.bin', 'second');
    expect(await ask(start(), 'b.bin')).toEqual(found('b.bin', b));
    expect(requests()).toEqual(['GET models/mine/b.bin', 'LIST models/mine/']);
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', a));

    for (const path of objectsOnDisk()) {
      truncateSync(path, 1);
    }
    requests();
    expect(await ask(start(), 'a.bin')).toEqual(found('a.bin', a));
    expect(requests()).toContain('GET models/mine/b.bin');
  });

  test('may lie in folders, have any name, and be empty; what ends in a slash is no file', async () => {
    const names = ['deep/er/a b+c&<ü>%41.bin', "it's (1).txt", '.hidden', 'empty'];
    for (const name of names) {
      put(`mine/${name}`, name === 'empty' ? '' : name);
    }
    for (const marker of ['mine/', 'mine/deep/']) {
      put(marker, '');
    }
    put('mine2/other', 'not mine');
    const functions = start();
    for (const name of names) {
      expect(await ask(functions, name)).toEqual(found(name, Buffer.from(name === 'empty' ? '' : name)));
    }
    expect(objectsOnDisk()).toHaveLength(names.length);
  });

  test('are found on every page of the listing', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `part ${index}`);
    for (const name of names) {
      put(`mine/${name}`, name);
    }
    server.pageSize = 5;
    const functions = start();
    for (const name of names) {
      expect(await ask(functions, name)).toEqual(found(name, Buffer.from(name)));
    }
    expect(requests().filter((line) => line.startsWith('LIST'))).toHaveLength(5);
  });

  test('are more than a listing of S3 holds', async () => {
    for (let index = 0; index < 1001; index++) {
      put(`mine/${index}`, String(index));
    }
    const functions = start();
    expect(await ask(functions, '1000')).toEqual(found('1000', Buffer.from('1000')));
    expect(await ask(functions, '999')).toEqual(found('999', Buffer.from('999')));
  });

  test.each([
    ['one object', 's3://models/deep/model.bin', 'model.bin', 'deep/model.bin'],
    ['a folder, with a slash', 's3://models/deep/', 'model.bin', 'deep/model.bin'],
    ['a whole bucket', 's3://models', 'deep/model.bin', 'deep/model.bin'],
    ['an encoded key', 's3://models/a%20b', 'c', 'a b/c'],
  ])('may be %s', async (_, MODEL_URI, name, key) => {
    put('deep/model.bin.old', 'not this');
    const content = put(key, 'this');
    expect(await ask(start({ MODEL_URI }), name)).toEqual(found(name, content));
  });
});

test('without MODEL_URI, files lie next to the class, and nothing is asked', async () => {
  const { status, body } = await ask(start({ MODEL_URI: '' }), 'Files.ts');
  expect([status, body.jsonData.name]).toEqual([200, 'Files.ts']);
  expect(server.requests).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('MODEL_URI=file:///folder is that folder', async () => {
  writeFileSync(join(folder, 'here.txt'), 'here');
  const { status, body } = await ask(start({ MODEL_URI: pathToFileURL(folder).href }), 'here.txt');
  expect([status, body.jsonData.name]).toEqual([200, 'here.txt']);
  expect(server.requests).toEqual([]);
});

test.each(['file:///no/such/folder', 'file://host/folder', 'file:///100%', 'file:///a%2Fb'])(
  '%s is refused',
  async (uri) => {
    const { status, body } = await ask(start({ MODEL_URI: uri }), 'a.bin');
    expect([status, body.status.info]).toEqual([500, `MODEL_URI ${uri}: the folder does not exist`]);
  },
);
