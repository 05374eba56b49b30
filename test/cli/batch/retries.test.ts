import { afterAll, describe, expect, test } from 'vitest';
import { batch, batchFiles, linesOf, sumHost } from '../../support/batch-run.ts';
import { freePorts } from '../../support/free-ports.ts';
import { closeHosts, host } from '../../support/hosts.ts';
import { removeFolders } from '../../support/project.ts';

afterAll(() => {
  closeHosts();
  removeFolders();
});

const numbers = (count: number) =>
  Array.from({ length: count }, (_, index) => `[[${100 + index}]]\n`).join('');

interface Report {
  readonly passed: boolean;
  readonly ended: string;
  readonly reason?: string;
  readonly rows: number;
  readonly failed: number;
  readonly retried: number;
  readonly requestsAtOnce: number;
  readonly failures: { readonly kind: string; readonly count: number }[];
}

async function report(args: readonly string[]): Promise<Report & { readonly code: number | string }> {
  const { code, text } = await batch([...args, '--json']);
  // Progress is on standard error.
  const line = text.split('\n').find((each) => each.startsWith('{"passed"'));
  return { ...(JSON.parse(line as string) as Report), code };
}

test.each([429, 503])(
  'a host that answers %i when it has too much to do gets fewer requests at once',
  async (status) => {
    const { input, output } = batchFiles(numbers(300));
    let active = 0;
    let refused = 0;
    const { url, received } = await host((request, response) => {
      if (active >= 3) {
        refused++;
        response.writeHead(status, { 'retry-after': '0' }).end('{"message":"Too Many Requests"}');
        return;
      }
      active++;
      const { data } = JSON.parse(request.body);
      setTimeout(() => {
        active--;
        response.end(JSON.stringify({ data }));
      }, 5);
    });
    const found = await report([input, output, '--url', url, '--workers', '64']);
    expect(found).toMatchObject({ passed: true, rows: 300, failed: 0, code: 0, retried: refused });
    expect(linesOf(output)).toHaveLength(300);
    expect(received).toHaveLength(300 + refused);
    // A fixed number of 64 would have had more refusals than answers.
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(150);
    expect(found.requestsAtOnce).toBeLessThan(16);
  },
);

test('nothing is sent before the time of Retry-After is over', async () => {
  const { input, output } = batchFiles(numbers(20));
  const times: number[] = [];
  let refusedAt: number | undefined;
  const { url } = await sumHost(() => {
    times.push(performance.now());
    if (refusedAt === undefined) {
      refusedAt = performance.now();
      return { status: 429, headers: { 'retry-after': '2' } };
    }
    return undefined;
  });
  const { code } = await batch([input, output, '--url', url, '--workers', '1']);
  expect(code).toBe(0);
  expect(linesOf(output)).toHaveLength(20);
  expect((times[1] as number) - (refusedAt as unknown as number)).toBeGreaterThan(1900);
});

describe.concurrent('a request', () => {
  const sent = async (status: number, failures: number, ...args: readonly string[]) => {
    const { input, output } = batchFiles('[[1]]\n[[2]]\n');
    const counts = new Map<string, number>();
    const { url } = await sumHost(({ body }) => {
      const row = JSON.stringify(JSON.parse(body).data.ndarray);
      const count = (counts.get(row) ?? 0) + 1;
      counts.set(row, count);
      return row === '[[2]]' && count <= failures ? { status } : undefined;
    });
    const { code } = await batch([input, output, '--url', url, '--workers', '1', ...args]);
    return { code, count: counts.get('[[2]]'), lines: linesOf(output) };
  };

  test.each([502, 503, 504, 429, 408])('that is answered %i is sent again', async (status) => {
    expect(await sent(status, 2)).toMatchObject({ code: 0, count: 3 });
  });

  test.each([400, 413, 422])('that is answered %i is not', async (status) => {
    const { code, count, lines } = await sent(status, 1);
    expect({ code, count }).toEqual({ code: 1, count: 1 });
    expect(lines[1]?.status?.reason).toMatch(new RegExp(`: ${status}: not now$`));
  });

  test('is sent again as often as --retries says, and then its line has failed', async () => {
    const { code, count, lines } = await sent(502, 9, '--retries', '1');
    expect({ code, count }).toEqual({ code: 1, count: 2 });
    expect(lines[1]?.status?.reason).toMatch(/502: not now/);
  });

  test('whose connection is closed is sent again', async () => {
    const { input, output } = batchFiles('[[1]]\n');
    const { url, received } = await host((_request, response, index) =>
      index === 0 ? response.destroy() : response.end('{"data":{"ndarray":[[1]]}}'),
    );
    const { code } = await batch([input, output, '--url', url]);
    expect({ code, requests: received.length }).toEqual({ code: 0, requests: 2 });
  });

  test('without an answer in time is sent in halves, since it may be too large', async () => {
    const { input, output } = batchFiles(numbers(4));
    const { url } = await host((request, response) => {
      const { data } = JSON.parse(request.body);
      if (data.ndarray.length < 3) {
        response.end(JSON.stringify({ data }));
      }
    });
    const { code } = await batch([input, output, '--url', url, '-s', '4', '--timeout', '1500']);
    expect(code).toBe(0);
    expect(linesOf(output)).toHaveLength(4);
  });
});

describe.concurrent('a run ends before its time', () => {
  test('when nobody is there', async () => {
    const [port] = await freePorts(1);
    const { input, output } = batchFiles(numbers(50));
    const found = await report([input, output, '--url', `http://127.0.0.1:${port}`, '--retries', '0']);
    expect(found).toMatchObject({ ended: 'no host', code: 1, passed: false });
    expect(found.reason).toMatch(/the connection is refused/);
    expect(linesOf(output).length).toBeLessThan(50);
  });

  test('when the first request is refused whatever it holds, and says what may be missing', async () => {
    const { input, output } = batchFiles(numbers(50));
    const { url, received } = await sumHost(() => ({ status: 403 }));
    const found = await report([input, output, '--url', url, '-w', '1']);
    expect(found).toMatchObject({ ended: 'no host', code: 1 });
    expect(found.reason).toMatch(/403: not now; does it need sigv4, apiKey or token\?$/);
    expect(received.length).toBe(1);
  });

  test('when the host has gone', async () => {
    const { input, output } = batchFiles(numbers(500));
    const { url } = await host((request, response, index) =>
      index > 20 ? response.destroy() : response.end(request.body),
    );
    const found = await report([input, output, '--url', url, '--retries', '0', '-w', '2']);
    expect(found.reason).toMatch(/^10 requests in a row had no answer: /);
    expect(found.failed).toBeLessThan(15);
  });

  test('when the host wants a longer pause than ten minutes, also after it has answered', async () => {
    const { input, output } = batchFiles(numbers(50));
    const { url, received } = await host((request, response, index) =>
      index === 3
        ? response.writeHead(429, { 'retry-after': '86400' }).end('{"message":"Limit Exceeded"}')
        : response.end(request.body),
    );
    const found = await report([input, output, '--url', url, '-w', '1']);
    expect(found).toMatchObject({ ended: 'no host', code: 1 });
    expect(found.reason).toMatch(/^the host asks to wait for 86400 s: .*429/);
    expect(received.length).toBe(4);
  });

  test('when more lines have failed than --max-failures, with exit code 3', async () => {
    const { input, output } = batchFiles('[[13]]\n'.repeat(20) + numbers(500));
    const { url } = await sumHost();
    const found = await report([input, output, '--url', url, '--max-failures', '5', '-w', '1']);
    expect(found).toMatchObject({
      ended: 'too many failures',
      reason: 'more than 5 lines have failed',
      code: 3,
    });
    expect(found.failed).toBe(6);
  });
});

test('as many failures as --max-failures are no reason to end', async () => {
  const { input, output } = batchFiles('[[13]]\n[[1]]\n[[13]]\n');
  const { url } = await sumHost();
  const found = await report([input, output, '--url', url, '--max-failures', '2']);
  expect(found).toMatchObject({
    ended: 'done',
    rows: 3,
    failed: 2,
    code: 1,
    failures: [{ kind: '400 UNLUCKY', count: 2 }],
  });
});

test('more than ten requests that wait at once are no leak, and Node does not warn of one', async () => {
  const { input, output } = batchFiles(numbers(30));
  const seen = new Set<string>();
  const { url } = await host((request, response) => {
    const row = JSON.stringify(JSON.parse(request.body).data);
    if (seen.has(row)) {
      response.end(request.body);
    } else {
      seen.add(row);
      response.writeHead(502, { 'retry-after': '2' }).end('{"message":"not now"}');
    }
  });
  const { code, text } = await batch([input, output, '--url', url, '--workers', '30']);
  expect({ code, lines: linesOf(output).length }).toEqual({ code: 0, lines: 30 });
  expect(text).not.toContain('MaxListeners');
});

test('what a host says cannot move the cursor of the terminal', async () => {
  const { input, output } = batchFiles('[[1]]\n[[2]]\n');
  const info = 'no\u001b[2J\r\u009bKrow';
  const { url } = await host((request, response) =>
    request.body.includes('[[2]]')
      ? response.writeHead(400).end(JSON.stringify({ status: { info, reason: 'MICROSERVICE_BAD_DATA' } }))
      : response.end(request.body),
  );
  const { text } = await batch([input, output, '--url', url, '-w', '1']);
  expect(text).toContain('no\\u001b[2J \\u009bKrow');
  expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
  expect(linesOf(output)[1]?.status?.reason).toContain(info);
});

test.each([
  ['/predict', ''],
  ['/iris/api/v1.0/predictions', '/iris'],
  ['/seldon/shop/iris/api/v1.0/feedback/', '/seldon/shop/iris'],
  ['/v2/models/iris/versions/1/infer', ''],
])(
  'an address that ends with the path of an endpoint, %s, is named where nothing is there',
  async (path, base) => {
    const { input, output } = batchFiles('[[1]]\n');
    const { url } = await sumHost(() => ({ status: 404 }));
    const { ended, reason, code } = await report([input, output, '--url', `${url}${path}`]);
    const end = path.slice(base.length).replace(/\/$/, '');
    const sentence = `; the address ends with ${end}, a path that is appended to it; is ${url}${base} meant?`;
    expect({ ended, reason, code }).toMatchObject({ ended: 'no host', code: 1 });
    expect(reason).toMatch(/404/);
    expect(reason?.endsWith(sentence)).toBe(true);
  },
);

test('such an address is right where the model is there, and another one gets no hint', async () => {
  const { input, output } = batchFiles('[[1]]\n');
  const { url } = await sumHost();
  expect(await report([input, output, '--url', `${url}/predict`])).toMatchObject({ passed: true, rows: 1 });
  const { url: other } = await sumHost(() => ({ status: 404 }));
  const { reason } = await report([input, output, '--url', `${other}/nope`, '--overwrite']);
  expect(reason).not.toContain('meant');
});
