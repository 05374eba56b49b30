import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { lambdaContext } from '../support/events.ts';
import { deploy } from '../support/functions.ts';
import { captureLog } from '../support/log-lines.ts';
import { openProxy, type StoreProxy } from '../support/stores/proxy.ts';
import { isRedisInstalled, type RedisProcess, startRedis } from '../support/stores/redis-process.ts';

const WITHOUT_REDIS = isRedisInstalled ? '' : ' (redis-server is not installed)';

describe.skipIf(!isRedisInstalled)(`a state in Redis${WITHOUT_REDIS}`, () => {
  let server: RedisProcess;
  let proxy: StoreProxy;

  beforeAll(async () => {
    const reader = ['reader', 'on', '>geheim', '~*', '+@all', '-eval'];
    server = await startRedis(() => ({ user: reader, requirepass: 'geheim' }));
    proxy = await openProxy(server.address);
  });

  afterAll(async () => {
    await proxy.close();
    await server.close();
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  async function feedback(url: string, leftMs = 10_000) {
    const functions = deploy({
      MODEL_DIR: fileURLToPath(new URL('../models/state', import.meta.url)),
      MODEL_NAME: 'Counter',
      STATE_URL: url,
      METRICS_URL: '',
    });
    const endAt = performance.now() + leftMs;
    const context = lambdaContext({ getRemainingTimeInMillis: () => endAt - performance.now() });
    return functions.invoke('send-feedback', { reward: 1 }, context).then(
      () => 'done',
      (error: Error) => error.message,
    );
  }

  test.each([
    ['a wrong password', ':verkehrt@', 'WRONGPASS'],
    ['no password', '', 'NOAUTH'],
    ['a user who may not run scripts', 'reader:geheim@', 'NOPERM'],
  ])('with %s is refused at once, and not tried again', async (_name, login, code) => {
    const lines = captureLog();
    const before = proxy.accepted;
    expect(await feedback(`redis://${login}${proxy.address}`)).toContain(`STATE_URL: ${code}`);
    expect(proxy.accepted - before).toBeLessThanOrEqual(2);
    const log = JSON.stringify(lines());
    expect(log).toContain(proxy.address);
    expect(log).not.toMatch(/verkehrt|geheim/);
  });

  test('that does not take connections is tried a few times, and the answer says why, but not where', async () => {
    const before = proxy.attempts;
    proxy.state = 'down';
    const answer = await feedback(`redis://:geheim@${proxy.address}`, 4_000);
    proxy.state = 'up';
    expect(answer).toMatch(/the state store could not be used in time: (ECONN\w+|the connection \w+)/);
    expect(answer).not.toContain(proxy.address);
    expect(proxy.attempts - before).toBeLessThan(40);
  });

  test('may be reached again', async () => {
    expect(await feedback(`redis://:geheim@${proxy.address}`)).toBe('done');
  });
});
