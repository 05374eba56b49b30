import { createHash, createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readContract } from '../../src/contract/contract.ts';
import { drawSample, shrinkSample } from '../../src/contract/sample.ts';
import { column, ONE_TO_ONE } from '../support/contract-columns.ts';
import { contract, contractIn } from '../support/contract-run.ts';
import { closeHosts, host, hostOf, type Received } from '../support/hosts.ts';
import { removeFolders, temporaryFolder } from '../support/project.ts';

const folder = temporaryFolder();

afterAll(() => {
  closeHosts();
  removeFolders();
});

let files = 0;

/** A contract in a file of its own. */
function file(contents: unknown): string {
  const path = join(folder, `${files++}.contract.json`);
  writeFileSync(path, JSON.stringify(contents));
  return path;
}

const GOOD = { data: { names: ['y'], ndarray: [[0]] } };

describe.concurrent('an answer', () => {
  test('404 at an address that ends with the path of an endpoint tells which one is meant', async () => {
    const { url } = await host((_request, response) => response.writeHead(404).end());
    const { code, text } = await contract(file(ONE_TO_ONE), `${url}/predict`);
    expect(text).toContain(
      `the address ends with /predict, a path that is appended to it; is ${url} meant?\n`,
    );
    expect(code).toBe(1);
  });

  test('without an end is given up when the time is up', async () => {
    const chunk = Buffer.alloc(2 ** 20, ' ');
    const { url } = await host((_request, response) => {
      const more = () => response.write(chunk, () => setTimeout(more, 5));
      more();
    });
    const { code, text } = await contract(file(ONE_TO_ONE), url, '--timeout', '300');
    expect(text).toBe(`${url}/predict does not answer: the answer did not end within 300 ms\n`);
    expect(code).toBe(1);
  });

  test('is read up to 64 MB', async () => {
    const chunk = Buffer.alloc(2 ** 20, ' ');
    let sent = 0;
    const { url } = await host((_request, response) => {
      const more = () => {
        sent++;
        response.write(chunk, (error) => !error && sent < 10_000 && more());
      };
      more();
    });
    const { text } = await contract(file(ONE_TO_ONE), url);
    expect(text).toBe(`${url}/predict does not answer: the answer has more than 64 MB\n`);
    expect(sent).toBeLessThan(200);
  });

  test('of lists in lists in lists is a failure and no end of the command', async () => {
    const depth = 100_000;
    const ndarray = `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    const { url } = await host((_request, response) => response.end(`{"data":{"ndarray":${ndarray}}}`));
    const { code, text } = await contract(file(ONE_TO_ONE), url, '-n', '1');
    expect(text).toMatch(/^FAILED shape: expected /);
    expect(code).toBe(1);
  });
});

test('200,000 features can be sent', async () => {
  const { url, received } = await hostOf({});
  const features = [column('x', { repeat: 200_000 })];
  const { code, text } = await contract(file({ features }), url, '-n', '1', '--timeout', '60000');
  expect(text).toMatch(/^passed: 1 of 1/);
  expect(code).toBe(0);
  expect(JSON.parse(received[0]?.body as string).data.ndarray[0]).toHaveLength(200_000);
});

test('the search for a smaller request ends when it is stopped, however many features there are', async () => {
  const definition = { ...column('x'), repeat: 20_000 };
  const { features } = readContract(JSON.stringify({ features: [definition] }));
  let attempts = 0;
  const fails = async () => ++attempts > 0;
  await shrinkSample([features], drawSample([features], 1, 1, 0), fails, () => attempts === 3);
  expect(attempts).toBe(3);
});

test('columns may have values that their ftype does not use', async () => {
  const { url, received } = await hostOf({ data: { names: ['y'], ndarray: [[0.5]] } });
  const features = [
    column('a', { range: [1, 2], values: ['b'] }),
    column('c', { ftype: 'categorical', range: [3, 4], values: ['d'] }),
  ];
  const targets = [column('y', { values: [0, 1] })];
  const { code } = await contract(file({ features, targets }), url, '-n', '5');
  expect(code).toBe(0);
  for (const { body } of received) {
    const [[a, c]] = JSON.parse(body).data.ndarray;
    expect(a).toBeGreaterThanOrEqual(1);
    expect(a).toBeLessThanOrEqual(2);
    expect(c).toBe('d');
  }
});

test('--path says where the endpoint is', async () => {
  const { url, received } = await hostOf(GOOD);
  await contract(file(ONE_TO_ONE), `${url}/stage`, '-n', '1', '--path', '/api/v1.0/predictions');
  await contract(file(ONE_TO_ONE), url, '-n', '1', '--path', 'seldon/ns/iris/api/v0.1/predictions');
  expect(received.map(({ path }) => path)).toEqual([
    '/stage/api/v1.0/predictions',
    '/seldon/ns/iris/api/v0.1/predictions',
  ]);
});

test('-p shows requests and answers, beside the report', async () => {
  const { url, received } = await hostOf(GOOD);
  const { text } = await contract(file(ONE_TO_ONE), url, '-n', '2', '-p');
  for (const { body } of received) {
    expect(text).toContain(`request: ${body}\nanswer: 200 ${JSON.stringify(GOOD)}\n`);
  }
  expect(text).toMatch(/^passed: 2 of 2/m);
});

describe.concurrent('--sigv4', () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret/key' };
  const SESSION = { ...KEYS, AWS_SESSION_TOKEN: 'the+token', AWS_REGION: 'eu-west-1' };

  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

  /** The signature that the request should have, by the steps of AWS' documentation. */
  function signatureOf({ path, headers, body }: Received, secret: string): string {
    const [, date, region, names] =
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/([^/]+)\/execute-api\/aws4_request, SignedHeaders=([^,]+), /.exec(
        headers.authorization as string,
      ) as unknown as string[];
    const signed = (names as string).split(';').map((name) => `${name}:${headers[name]}\n`);
    const canonical = ['POST', path, '', signed.join(''), names, sha256(body)].join('\n');
    const scope = `${date}/${region}/execute-api/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
    const steps = [date, region, 'execute-api', 'aws4_request', text] as string[];
    return steps.reduce<string | Buffer>(hmac, `AWS4${secret}`).toString('hex');
  }

  test('signs each request with the credentials of the environment', async () => {
    const { url, received } = await hostOf(GOOD);
    const args = ['-n', '2', '--sigv4', '--header', 'x-mine: 1'];
    const { code } = await contractIn(SESSION, file(ONE_TO_ONE), `${url}/stage`, ...args);
    expect(code).toBe(0);
    expect(received).toHaveLength(2);
    for (const request of received) {
      const { authorization = '' } = request.headers;
      expect(authorization).toMatch(/\/eu-west-1\/execute-api\/.*SignedHeaders=.*host.*x-amz-security-token/);
      expect(authorization.split('Signature=')[1]).toBe(signatureOf(request, KEYS.AWS_SECRET_ACCESS_KEY));
      expect(request.headers['x-amz-security-token']).toBe('the+token');
    }
  });

  test('has no secret in the report, and its curl line signs, too', async () => {
    const { url } = await host((request, response) =>
      response
        .writeHead(403)
        .end(JSON.stringify({ message: `token ${request.headers['x-amz-security-token']}` })),
    );
    const { text } = await contractIn(SESSION, file(ONE_TO_ONE), url, '-n', '1', '--sigv4', '-p');
    expect(text).toContain(
      '--aws-sigv4 aws:amz:eu-west-1:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"',
    );
    expect(text).not.toMatch(/the\+token|secret\/key/);
  });

  test.each([
    [KEYS, [], '--sigv4: set AWS_REGION, because the name of the host has no region in it'],
    [SESSION, ['--header', 'Authorization: x'], '--sigv4: expected no --header authorization'],
  ])('is refused where it cannot be: %j %j', async (environment, args, sentence) => {
    const path = file(ONE_TO_ONE);
    const { code, text } = await contractIn(environment, path, 'http://127.0.0.1:1', '--sigv4', ...args);
    expect(text).toMatch(/^[^\n]+\n$/);
    expect(text).toContain(sentence);
    expect(code).toBe(2);
  });
});
