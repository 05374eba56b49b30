import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  environment,
  folder,
  found,
  isPart,
  MB,
  MODEL_DIR,
  openModelFiles,
  put,
  random,
  requests,
  server,
} from '../../support/model-files.ts';
import { type Fleet, packageTask, type Task } from '../../support/state-processes.ts';
import type { S3Request } from '../../support/stores/s3-server.ts';

openModelFiles();

describe('in the packaged zip', () => {
  let task: Task;
  beforeAll(async () => {
    task = await packageTask('Files', join(MODEL_DIR, 'Files.ts'));
  }, 60_000);
  afterAll(() => task.close());

  async function askOne(fleet: Fleet, index: number): Promise<unknown> {
    const request = { method: 'POST', path: '/predict', body: '{"strData":"a.bin"}' };
    const answer = await fleet.send(request, index);
    return answer && { status: answer.status, body: JSON.parse(answer.body as string) };
  }

  test('processes that fetch at once do not disturb each other', async () => {
    const content = put('mine/a.bin', random(13 * MB));
    put('mine/b.bin', 'b');
    const fleet = await task.start('predict', environment(), 3);
    const answers = await Promise.all([0, 1, 2].map((index) => askOne(fleet, index)));
    expect(answers).toEqual([0, 1, 2].map(() => found('a.bin', content)));
    expect(requests().filter((line) => line.startsWith('LIST'))).toHaveLength(3);
    await fleet.close();
  });

  test('a process goes on where another one died', async () => {
    const content = put('mine/a.bin', random(13 * MB));
    const fleet = await task.start('predict', environment(), 1);
    let isThere = (): void => {};
    const lastPart = new Promise<void>((resolve) => {
      isThere = resolve;
    });
    const isFirst = (request: S3Request) => isPart(12 * MB)(request) || isPart(8 * MB)(request);
    server.trouble = (request) => {
      if (!isFirst(request)) {
        return undefined;
      }
      isThere();
      return 'no reply';
    };
    const asked = askOne(fleet, 0);
    await lastPart;
    await vi.waitFor(() => expect(partsOnDisk()).toBe(2));
    server.trouble = () => undefined;
    await fleet.kill(0);
    expect(await asked).toBeUndefined();
    requests();
    expect(await askOne(fleet, 0)).toEqual(found('a.bin', content));
    expect(requests()).toEqual([
      'GET models/mine/a.bin bytes=12582912-13631487',
      'GET models/mine/a.bin bytes=8388608-12582911',
      'HEAD models/mine/a.bin',
      'LIST models/mine/',
    ]);
    await fleet.close();
  });

  test('a function without MODEL_URI does not load what fetches', async () => {
    const chunks = join(task.folder, 'chunks');
    const names = readdirSync(chunks).filter((name) => name.startsWith('fetch-'));
    expect(names).toHaveLength(1);
    for (const name of names) {
      renameSync(join(chunks, name), join(folder, name));
    }
    const fleet = await task.start('predict', environment({ MODEL_URI: '' }), 1);
    // There is no a.bin next to the class.
    expect(await askOne(fleet, 0)).toMatchObject({ status: 500 });
    expect(fleet.output()).toContain("there is no file a.bin in the model's folder");
    expect(fleet.output()).not.toContain('ERR_MODULE_NOT_FOUND');
    await fleet.close();
    for (const name of names) {
      renameSync(join(folder, name), join(chunks, name));
    }
  });

  /** How many parts a download that is under way has on the disk. */
  function partsOnDisk(): number {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const record = paths.find((path) => path.endsWith('.parts'));
    return record ? readFileSync(join(folder, record)).filter((byte) => byte === 1).length : 0;
  }
});
