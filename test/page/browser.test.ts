import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../../src/testing/index.ts';
import { bundleClient } from '../support/browser-client.ts';
import { CHROMIUM, NAMES, violationsOf } from '../support/chromium.ts';
import { freePorts } from '../support/free-ports.ts';
import { AWS_KEYS, type Gateway, openGateway, TOKEN } from '../support/gateway.ts';
import { closeHosts, hostOfModel } from '../support/hosts.ts';
import { copyProject, type Running, removeFolders, run, start, temporaryFolder } from '../support/project.ts';

// A real browser on the real page: that of iris as `npm start` serves it, from a bundle; those of other models
// as the same functions answer it in this process, which takes a tenth of the time.

const STAGE = 'dev';
const KEY = "k'ey $1";

const BROKEN = `
export class Broken {
  constructor() {
    throw new Error('the weights <b>are</b> missing');
  }
}
`;

const HOSTILE = {
  name: '<img src=x onerror="document.title=1">',
  versions: ['</script><script>alert(1)</script>'],
  inputs: [{ messagetype: 'ndarray', schema: { names: ['<b>a</b>', 'x'.repeat(200)] } }],
  custom: { '<i>key</i>': '<svg onload=alert(1)>'.repeat(20) },
};

test.runIf(CHROMIUM === undefined && process.env.CI)('a browser is there in CI', () => {
  expect.fail(`none of ${NAMES} is on the PATH: apt-get install chromium`);
});

describe.skipIf(CHROMIUM === undefined)(`the page in a browser (${CHROMIUM ?? 'none is installed'})`, () => {
  let server: Running | undefined;
  let browser: Browser;
  let iris: string;
  let router: string;
  let broken: string;
  let combiner: string;
  let gateway: Gateway;
  /** The errors of the open pages, and the addresses that they called. */
  let problems: string[];
  let hosts: Set<string>;

  beforeAll(async () => {
    const models = temporaryFolder();
    writeFileSync(join(models, 'Broken.ts'), BROKEN);
    const parameters = [
      { name: 'n_branches', value: '3', type: 'INT' },
      { name: 'epsilon', value: '0', type: 'FLOAT' },
    ];
    [browser, iris, router, broken, combiner] = await Promise.all([
      chromium.launch({ executablePath: CHROMIUM as string }),
      npmStart(),
      urlOf(ours('EpsilonGreedy'), {
        PREDICTIVE_UNIT_PARAMETERS: JSON.stringify(parameters),
        PREDICTIVE_UNIT_ID: 'eg-router',
        STATE_MAX_AGE_MS: '0',
        MODEL_METADATA: JSON.stringify(HOSTILE),
      }),
      urlOf(join(models, 'Broken.ts')),
      urlOf(ours('MeanCombiner'), { DEPLOYED_ENDPOINTS: 'aggregate,health-status,openapi,docs' }),
    ]);
    gateway = await openGateway(iris, STAGE, KEY);
  }, 240_000);

  afterEach(async () => {
    for (const context of browser.contexts()) {
      await context.close();
    }
    expect({ problems, hosts: hosts.size }).toEqual({ problems: [], hosts: 1 });
  });

  afterAll(async () => {
    gateway?.close();
    closeHosts();
    await browser?.close();
    if (server !== undefined) {
      process.kill(-(server.process.pid as number), 'SIGKILL');
      await server.ended;
    }
    removeFolders();
  }, 240_000);

  const ours = (name: string) => fileURLToPath(new URL(`../../models/${name}.ts`, import.meta.url));

  async function urlOf(file: string, environment: Record<string, string> = {}): Promise<string> {
    return (await hostOfModel(serve(file, { environment }))).url;
  }

  async function npmStart(): Promise<string> {
    const [httpPort, lambdaPort] = await freePorts(2);
    const ports = ['--httpPort', `${httpPort}`, '--lambdaPort', `${lambdaPort}`];
    // In a group of its own, to end with all that it started: esbuild's services at times outlive who started
    // them.
    const command = ['setsid', process.execPath, 'src/cli/bin.js', 'start', ...ports];
    server = start(copyProject(), command);
    await server.says(/^curl http.*\n/m);
    return `http://127.0.0.1:${httpPort}`;
  }

  /** The page of what is served at `url`, ready; every message of the console but `expected` is a problem. */
  async function open(
    url: string,
    {
      path = '/docs',
      expected,
      ...options
    }: BrowserContextOptions & { path?: string; expected?: RegExp } = {},
  ): Promise<Page> {
    const context = await browser.newContext(options);
    problems = [];
    hosts = new Set();
    context.on('request', (request) => {
      if (!request.url().startsWith('data:')) {
        hosts.add(new URL(request.url()).host);
      }
    });
    context.on('console', (message) => {
      if (!expected?.test(message.text())) {
        problems.push(`${message.type()}: ${message.text()}`);
      }
    });
    context.on('weberror', (error) => problems.push(error.error().message));
    const page = await context.newPage();
    await page.goto(url + path);
    if (options.javaScriptEnabled !== false) {
      await page.getByText('Reading the model’s description…').waitFor({ state: 'hidden' });
    }
    return page;
  }

  async function send(page: Page, body?: string): Promise<string> {
    if (body !== undefined) {
      await page.getByLabel('Request body (JSON)').fill(body);
    }
    const asked = page.waitForRequest((request) => !request.url().endsWith('/seldon.json'));
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await asked;
    await page.locator('#summary:not(:has-text("Waiting"))').waitFor();
    return page.locator('#summary').innerText();
  }

  async function choose(page: Page, endpoint: string, kind?: string): Promise<void> {
    await page.getByLabel('Endpoint', { exact: true }).selectOption(endpoint);
    if (kind !== undefined) {
      await page.getByLabel('Payload', { exact: true }).selectOption(kind);
    }
  }

  async function answerOf(page: Page): Promise<unknown> {
    return JSON.parse(await page.getByRole('region', { name: 'the answer', exact: true }).innerText());
  }

  test('shows what the model says about itself, every endpoint and every kind of payload', async () => {
    const page = await open(iris);
    expect(await page.title()).toBe('iris 1.0.0');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('iris');
    expect(await page.getByRole('banner').innerText()).toContain('version 1.0.0');
    const model = page.getByRole('region', { name: 'Inputs and outputs' });
    for (const text of [
      'shape [4]',
      'petal width (cm)',
      'shape [3]',
      'virginica',
      'multinomial logistic regression',
    ]) {
      await model.getByText(text).waitFor();
    }
    const { paths } = (await (await fetch(`${iris}/seldon.json`)).json()) as { paths: object };
    const listed = await page.locator('.endpoint summary code').allInnerTexts();
    expect(listed.sort()).toEqual(
      Object.keys(paths)
        // The versions of TensorFlow Serving are numbers, and this one is not.
        .map((path) =>
          path
            .replace(/^\/v1\/models\/\{model\}$/, '/v1/models/iris:predict')
            .replace('{model}', 'iris')
            .replace(/^(\/v2.*)\{version\}/, (_, before: string) => `${before}1.0.0`),
        )
        .filter((path) => !path.includes('{'))
        .sort(),
    );
    const kinds = page.getByRole('region', { name: 'Payload kinds' });
    for (const kind of ['ndarray', 'tensor', 'tftensor', 'jsonData', 'strData', 'binData']) {
      const example = await kinds.getByRole('region', { name: `an example of ${kind}` }).innerText();
      expect(JSON.stringify(JSON.parse(example))).toContain(`"${kind}":`);
    }
  });

  test('predicts from its form, and shows names and probabilities as a table with bars', async () => {
    const page = await open(iris, { reducedMotion: 'reduce' });
    const row = [5.1, 3.5, 1.4, 0.2];
    for (const [index, name] of ['sepal length', 'sepal width', 'petal length', 'petal width'].entries()) {
      await page.getByLabel(`${name} (cm)`).fill(String(row[index]));
    }
    expect(await send(page)).toBe('200 Most probable: setosa, 97.6 %');
    const { data } = (await answerOf(page)) as { data: { names: string[]; ndarray: [number[]] } };
    const table = page.getByRole('table', { name: 'Probabilities' });
    const rows = await table.locator('tbody tr').all();
    expect(rows).toHaveLength(3);
    for (const [index, line] of rows.entries()) {
      const probability = data.ndarray[0][index] as number;
      expect(await line.getByRole('rowheader').innerText()).toBe(data.names[index]);
      expect(Number(await line.getByRole('cell').first().innerText())).toBeCloseTo(probability, 5);
      const { width: bar } = (await line.locator('.fill').boundingBox()) as Box;
      const { width: cell } = (await line.locator('.bar').boundingBox()) as Box;
      const padding = 12;
      // No bar is thinner than two pixels, so that it is seen.
      expect(Math.abs(bar - Math.max(2, (cell - padding) * probability))).toBeLessThan(1);
    }
  });

  test('shows the rows of many, and the bars of the one that is chosen', async () => {
    const page = await open(iris);
    const body = JSON.stringify({
      data: {
        ndarray: [
          [5.1, 3.5, 1.4, 0.2],
          [6.3, 3.3, 6, 2.5],
        ],
      },
    });
    expect(await send(page, body)).toBe('200 2 rows, 3 columns');
    expect(await page.getByRole('table', { name: 'Rows' }).locator('tbody tr').count()).toBe(2);
    const highest = page
      .getByRole('table', { name: 'Probabilities' })
      .locator('.highest')
      .getByRole('rowheader');
    expect(await highest.innerText()).toBe('setosa');
    await page.getByLabel('Bars of').selectOption('1');
    expect(await highest.innerText()).toBe('virginica');
    expect(await page.getByRole('group', { name: 'Features' }).isVisible()).toBe(false);
  });

  test('shows numbers that are no probabilities with bars from zero, and of many the highest', async () => {
    const page = await open(iris, { reducedMotion: 'reduce' });
    await choose(page, '/transform-input');
    expect(await send(page, '{"data":{"ndarray":[[-2,0,1]]}}')).toBe('200 Highest: virginica, 1');
    const table = page.getByRole('table', { name: 'Values' });
    const boxes = await Promise.all((await table.locator('.fill').all()).map((bar) => bar.boundingBox()));
    const [negative, zero, positive] = boxes as [Box, Box, Box];
    expect(negative.width / positive.width).toBeCloseTo(2, 1);
    expect(negative.x + negative.width).toBeCloseTo(positive.x, 0);
    expect(zero).toMatchObject({ width: 2 });
    expect(await page.getByLabel('True answer').isVisible()).toBe(false);
    const numbers = Array.from({ length: 1000 }, (_, index) => index);
    expect(await send(page, JSON.stringify({ data: { ndarray: [numbers] } }))).toMatch(
      /^200 Highest: .*, 999$/,
    );
    const many = page.getByRole('table', { name: 'The 20 highest of 1000 numbers' });
    expect(await many.locator('tbody tr').count()).toBe(20);
    expect(await many.locator('tbody tr').first().innerText()).toContain('999');
  });

  test.each(['tensor', 'tftensor', 'ndarray'])('has a form for %s, in step with the JSON', async (kind) => {
    const page = await open(iris);
    await choose(page, '/api/v1.0/predictions', kind);
    const field = page.getByLabel('petal length (cm)');
    const body = page.getByLabel('Request body (JSON)');
    await field.fill('4.25');
    expect(JSON.stringify(JSON.parse(await body.inputValue()))).toContain('[1,2,4.25,4]');
    await body.fill((await body.inputValue()).replace('4.25', '-7'));
    expect(await field.inputValue()).toBe('-7');
    expect(await send(page)).toMatch(/^200 Most probable/);
    expect(JSON.stringify(await answerOf(page))).toContain(`"${kind}":`);
    await field.fill('');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    expect(await page.locator('input:invalid:focus').count()).toBe(1);
    await page.getByRole('button', { name: 'Reset' }).click();
    expect(await field.inputValue()).toBe('3');
  });

  test('sends a text, a JSON value and a file', async () => {
    const page = await open(iris);
    await choose(page, '/transform-input', 'strData');
    await page.getByLabel('Text to send').fill('Blüte 🌷');
    expect(await send(page)).toBe('200 Blüte 🌷');
    await choose(page, '/transform-input', 'jsonData');
    expect(await page.getByLabel('Text to send').isVisible()).toBe(false);
    expect(await send(page)).toBe('200 JSON');
    expect(await answerOf(page)).toMatchObject({ jsonData: { numbers: [1, 2, 3] } });
    await choose(page, '/transform-input', 'binData');
    const buffer = Buffer.from([0, 1, 254, 255]);
    await page
      .getByLabel('File to send')
      .setInputFiles({ name: 'a.bin', mimeType: 'application/octet-stream', buffer });
    await expect.poll(() => page.getByLabel('Request body (JSON)').inputValue()).toContain('AAH+/w==');
    expect(await send(page)).toBe('200 Bytes');
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download 4 bytes' }).click();
    expect(readFileSync(await (await downloading).path())).toEqual(buffer);
  });

  test('calls endpoints that take nothing, or a list', async () => {
    const page = await open(iris);
    await choose(page, '/health/ping');
    expect(await page.getByLabel('Request body (JSON)').isVisible()).toBe(false);
    expect(await page.getByRole('group', { name: 'Features' }).isVisible()).toBe(false);
    expect(await send(page)).toBe('200 pong');
    await choose(page, '/metrics');
    expect(await send(page)).toMatch(/^200 Text of \d+ characters$/);
    expect(await page.getByRole('region', { name: 'the answer', exact: true }).innerText()).toContain(
      '# TYPE',
    );
    await page.locator('summary', { hasText: '/api/v1.0/metadata' }).click();
    await page.getByRole('button', { name: 'Try it: /api/v1.0/metadata' }).click();
    expect(await page.getByLabel('Endpoint', { exact: true }).inputValue()).toBe('/api/v1.0/metadata');
    expect(await send(page)).toBe('200 JSON');
    await page.getByRole('button', { name: 'Use strData' }).click();
    expect(await page.getByLabel('Endpoint', { exact: true }).inputValue()).toBe('/predict');
    await page.getByLabel('Text to send').waitFor();
  });

  test('offers what is deployed, and neither feedback nor kinds of messages that nothing takes', async () => {
    const page = await open(combiner);
    expect(await page.locator('#endpoint option').allInnerTexts()).toEqual([
      '/aggregate',
      '/health/status',
      '/api/v1.0/health/status',
      '/seldon.json',
      '/docs',
      '/api/v1.0/doc',
      '/v2/models/MeanCombiner/aggregate',
      '/v2/health/ready',
      '/v2/models/MeanCombiner/ready',
      '/v2/docs/dataplane.json',
      '/v2/models/MeanCombiner/docs/dataplane.json',
      '/v2/docs',
      '/v2/models/MeanCombiner/docs',
    ]);
    expect(await send(page)).toMatch(/^200 /);
    expect(await page.getByRole('form', { name: 'Feedback on this answer' }).isVisible()).toBe(false);
    expect(await page.getByRole('region', { name: 'Payload kinds' }).isVisible()).toBe(false);
  });

  test('shows an error with its reason, and takes the feedback away', async () => {
    const page = await open(iris, { expected: /status of 400/ });
    await send(page);
    const feedback = page.getByRole('form', { name: 'Feedback on this answer' });
    expect(await feedback.isVisible()).toBe(true);
    expect(await send(page, '{"data":{"ndarray":[[1]]}}')).toMatch(/^400 MICROSERVICE_BAD_DATA: .*4/);
    expect(await page.getByRole('table', { name: 'Probabilities' }).count()).toBe(0);
    expect(await feedback.isVisible()).toBe(false);
    await page.getByLabel('Request body (JSON)').fill('{"data":');
    await page.getByText('This is not JSON. It is sent unchanged.').waitFor();
    expect(await page.getByLabel('Column 1').isDisabled()).toBe(true);
    expect(await send(page)).toMatch(/^400 MICROSERVICE_BAD_DATA/);
    await send(page, '{"data":{"ndarray":[[1,2,3,4]]}}');
    expect(await page.getByLabel('petal width (cm)').inputValue()).toBe('4');
    expect(await page.getByText('This is not JSON').count()).toBe(0);
  });

  test('says so when the host cannot be reached, and goes on', async () => {
    const page = await open(iris, { expected: /ERR_FAILED/ });
    await page.route('**/predict', (route) => route.abort());
    expect(await send(page)).toMatch(/^No answer. The host cannot be reached: /);
    await page.unroute('**/predict');
    expect(await send(page)).toMatch(/^200 /);
  });

  test('sends feedback to a router, which learns the branch that it had chosen', async () => {
    const page = await open(router);
    await choose(page, '/route');
    expect(await send(page)).toBe('200 Goes to child 0');
    await page.getByText('as what came of branch 0 of unit “eg-router”').waitFor();
    const reward = page.getByLabel('Reward');
    await reward.fill('0');
    await page.getByRole('button', { name: 'Send feedback' }).click();
    await page.getByText('200 Feedback taken, reward 0.').waitFor();
    await page.getByText('Truth as JSON').click();
    const line = await page.getByRole('region', { name: 'the feedback as a curl line' }).innerText();
    expect(await run('.', ['sh', '-c', line])).toMatchObject({ code: 0 });
    await send(page);
    expect(await answerOf(page)).toMatchObject({ meta: { tags: { branch_tries: [2, 0, 0] } } });
    await page.getByRole('term').filter({ hasText: 'branch_tries' }).waitFor();
  });

  test('sends the true answer with a feedback, and shows what is wrong with one', async () => {
    const page = await open(iris, { expected: /status of 400/ });
    await send(page);
    await page.getByLabel('True answer').selectOption('versicolor');
    await page.getByText('Truth as JSON').click();
    const asked = page.waitForRequest('**/api/v1.0/feedback');
    await page.getByRole('button', { name: 'Send feedback' }).click();
    expect((await asked).postDataJSON()).toMatchObject({
      request: { data: { ndarray: [[1, 2, 3, 4]] } },
      response: { data: { names: ['setosa', 'versicolor', 'virginica'] }, meta: { tags: { model: 'iris' } } },
      reward: 1,
      truth: { data: { names: ['setosa', 'versicolor', 'virginica'], ndarray: [[0, 1, 0]] } },
    });
    await page.getByText('200 Feedback taken, reward 1.').waitFor();
    const truth = page.getByRole('textbox', { name: 'Truth, a message like the answer' });
    await truth.fill('{"data": 1}');
    await page.getByRole('button', { name: 'Send feedback' }).click();
    await page.getByText('400 MICROSERVICE_BAD_DATA').waitFor();
    const digits = '{"meta":{"tags":{"customer":12345678901234567890}}}';
    await truth.fill(digits);
    const sent = page.waitForRequest('**/api/v1.0/feedback');
    await page.getByRole('button', { name: 'Send feedback' }).click();
    expect((await sent).postData()).toContain(`"truth":${digits}`);
    await truth.fill('{');
    await page.getByRole('button', { name: 'Send feedback' }).click();
    await page.locator('#feedback-summary', { hasText: 'The truth is not JSON.' }).waitFor();
    expect(await focusOf(page)).toContain('Truth, a message like the answer');
  });

  test('shows a curl line that any shell sends just so', async () => {
    const page = await open(iris);
    await choose(page, '/transform-input', 'strData');
    const text = `it's "$HOME" \`id\` $(id) \\ \\n !! * 🌷 %20 @/etc/passwd ; # '' \n\tend`;
    await page.getByLabel('Text to send').fill(text);
    const line = await page.getByRole('region', { name: 'the request as a curl line' }).innerText();
    const { code, text: output } = await run('.', ['sh', '-c', `${line} --silent`]);
    expect({ code, strData: JSON.parse(output).strData }).toEqual({ code: 0, strData: text });
    await page.getByLabel('Request body (JSON)').fill('@/etc/passwd');
    const other = await page.getByRole('region', { name: 'the request as a curl line' }).innerText();
    expect((await run('.', ['sh', '-c', `${other} --silent`])).text).toContain('MICROSERVICE_BAD_DATA');
  });

  test.each(['/docs', '/docs/', '/api/v1.0/doc', '/api/v1.0/doc/'])(
    'works behind a stage and with an API key at %s',
    async (path) => {
      const page = await open(gateway.url, { path, expected: /status of 403/ });
      const alert = page.getByRole('alert');
      expect(await alert.innerText()).toContain(
        '/seldon.json: 403 Forbidden. Does it need an API key, a token or keys of AWS?',
      );
      await page.getByLabel('API key').fill(KEY);
      await page.getByRole('button', { name: 'Try again' }).click();
      expect(await send(page)).toMatch(/^200 Most probable/);
      const line = await page.getByRole('region', { name: 'the request as a curl line' }).innerText();
      expect(line).not.toContain(KEY);
      const { text } = await run('.', ['sh', '-c', `${line} --silent`], { API_KEY: KEY });
      expect(JSON.parse(text)).toEqual(await answerOf(page));
      // This tab remembers it, and nothing else does.
      await page.reload();
      expect(await send(page)).toMatch(/^200 Most probable/);
      expect(await page.context().storageState()).toMatchObject({ cookies: [], origins: [] });
      const other = await page.context().newPage();
      await other.goto(gateway.url + path);
      expect(await other.getByLabel('API key').inputValue()).toBe('');
      await other.getByRole('alert').getByText('403 Forbidden').waitFor();
    },
  );

  test('signs its calls with keys of AWS, which it forgets with the page', async () => {
    const page = await open(gateway.url, { expected: /status of 403/ });
    await page.getByLabel('Call with').selectOption('keys of AWS');
    await page.getByLabel('Access key ID').fill(AWS_KEYS.accessKeyId);
    await page.getByLabel('Secret access key').fill(AWS_KEYS.secretAccessKey);
    await page.getByLabel('Session token').fill(AWS_KEYS.sessionToken);
    await page.getByLabel('Region').fill('eu-west-1');
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(await send(page)).toMatch(/^200 Most probable/);
    const line = await page.getByRole('region', { name: 'the request as a curl line' }).innerText();
    expect(line).toContain(`--aws-sigv4 'aws:amz:eu-west-1:execute-api' --user "$AWS_ACCESS_KEY_ID:`);
    for (const secret of Object.values(AWS_KEYS)) {
      expect(line).not.toContain(secret);
    }
    expect(await page.evaluate('sessionStorage.length + localStorage.length')).toBe(0);
    await page.reload();
    await page.getByRole('alert').getByText('403 Forbidden').waitFor();
    expect(await page.getByLabel('Secret access key').inputValue()).toBe('');
  });

  test('takes pasted keys of AWS, and a token', async () => {
    const page = await open(gateway.url, { expected: /status of 403/ });
    const lines = `export AWS_ACCESS_KEY_ID=${AWS_KEYS.accessKeyId}\nexport AWS_SECRET_ACCESS_KEY="${AWS_KEYS.secretAccessKey}"\nexport AWS_SESSION_TOKEN=${AWS_KEYS.sessionToken}\n`;
    const json = JSON.stringify({
      AccessKeyId: AWS_KEYS.accessKeyId,
      SecretAccessKey: AWS_KEYS.secretAccessKey,
      SessionToken: AWS_KEYS.sessionToken,
    });
    for (const text of [lines, json]) {
      await page.getByLabel('Call with').selectOption('an API key, or nothing');
      await page.evaluate(`{
        const clipboardData = new DataTransfer();
        clipboardData.setData('text', ${JSON.stringify(text)});
        const init = { clipboardData, bubbles: true, cancelable: true };
        document.getElementById('api-key').dispatchEvent(new ClipboardEvent('paste', init));
      }`);
      expect(await page.getByLabel('Access key ID').inputValue()).toBe(AWS_KEYS.accessKeyId);
      expect(await page.getByLabel('Secret access key').inputValue()).toBe(AWS_KEYS.secretAccessKey);
      expect(await page.getByLabel('Session token').inputValue()).toBe(AWS_KEYS.sessionToken);
    }
    await page.getByLabel('Call with').selectOption('a token');
    await page.getByLabel('Token', { exact: true }).fill(`Bearer ${TOKEN}`);
    await page.getByRole('button', { name: 'Try again' }).click();
    expect(await send(page)).toMatch(/^200 Most probable/);
  });

  test('has a host that a script calls with seldon-lambda/client, with keys of AWS', async () => {
    const page = await open(gateway.url, { expected: /status of 403/ });
    const { code } = await bundleClient();
    const credentials = JSON.stringify(AWS_KEYS);
    const called = await page.evaluate<Called>(`${code};(async () => {
      const model = seldon.client('/${STAGE}', { sigv4: { region: 'eu-west-1', credentials: ${credentials} } });
      const { array } = await model.predict({ data: new Float32Array([5, 3, 1, 0]), shape: [1, 4] });
      const error = await seldon.client('/${STAGE}').predict([[1]]).catch(({ message }) => message);
      return { type: array.data.constructor.name, shape: array.shape, names: array.names, error };
    })()`);
    expect(called).toEqual({
      type: 'Float64Array',
      shape: [1, 3],
      names: ['setosa', 'versicolor', 'virginica'],
      error: `POST ${gateway.url}/predict: 403: Forbidden; does it need sigv4, apiKey or token?`,
    });
  });

  test('shows why the model cannot be loaded, and its endpoints nevertheless', async () => {
    const page = await open(broken, { expected: /status of 500/ });
    const alert = await page.getByRole('alert').innerText();
    expect(alert).toContain('The model’s own description is missing.');
    expect(alert).toContain('the weights <b>are</b> missing');
    expect(await page.locator('.endpoint').count()).toBeGreaterThan(15);
    expect(await send(page)).toMatch(/^500 MICROSERVICE_\w+: .*the weights <b>are<\/b> missing/);
  });

  test('shows what a model says about itself as text, whatever it is', async () => {
    const page = await open(router);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(HOSTILE.name);
    expect(await page.title()).toContain(HOSTILE.name);
    await page
      .getByRole('banner')
      .getByText(HOSTILE.versions[0] as string)
      .waitFor();
    await page.getByLabel('<b>a</b>').fill('5');
    expect(await page.locator('img, b:text-is("a"), i, svg').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
  });

  test('can be used with the keyboard alone, in the order in which it is read', async () => {
    const page = await open(iris, { reducedMotion: 'reduce' });
    const names: string[] = [];
    for (let step = 0; step < 11; step++) {
      await page.keyboard.press('Tab');
      names.push(await focusOf(page));
    }
    const fields = ['sepal length', 'sepal width', 'petal length', 'petal width'].map(
      (name) => `${name} (cm)`,
    );
    expect(names).toEqual([
      expect.stringContaining('link "Skip to the request"'),
      expect.stringContaining('combobox "Call with"'),
      expect.stringContaining('textbox "API key"'),
      expect.stringContaining('combobox "Endpoint"'),
      expect.stringContaining('combobox "Payload"'),
      ...fields.map((name) => expect.stringContaining(`spinbutton "${name}"`)),
      expect.stringContaining('textbox "Request body (JSON)"'),
      expect.stringContaining('button "Send"'),
    ]);
    await page.keyboard.press('Enter');
    await page.locator('#summary', { hasText: '200 Most probable' }).waitFor();
    expect(await focusOf(page)).toContain('button "Send"');
  });

  const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

  test.each<[string, string, BrowserContextOptions]>([
    ['a model', 'light', { colorScheme: 'light' }],
    ['a model', 'dark', { colorScheme: 'dark' }],
    ['a router with long names', 'on a phone', PHONE],
    ['a broken model', 'on a dark phone', { ...PHONE, colorScheme: 'dark' }],
  ])(
    'of %s has, %s, nothing that axe objects to, and nothing that is too wide',
    async (what, _look, options) => {
      const url = { 'a model': iris, 'a broken model': broken }[what] ?? router;
      const page = await open(url, { ...options, reducedMotion: 'reduce', expected: /status of (400|500)/ });
      await send(page);
      await page.evaluate(OPEN_ALL);
      await page.locator('details:not([open]):visible').first().waitFor({ state: 'detached' });
      await page.locator('.endpoint:not(:has(.about-endpoint))').first().waitFor({ state: 'detached' });
      expect(await violationsOf(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width);
    },
  );

  test.runIf(process.env.DOCS_PICTURE)(
    'is photographed for the README, into the file DOCS_PICTURE',
    async () => {
      const viewport = { width: 1200, height: 905 };
      const page = await open(iris, { viewport, reducedMotion: 'reduce' });
      const row = [5.1, 3.5, 1.4, 0.2];
      for (const [index, field] of (await page.getByRole('spinbutton').all()).slice(0, 4).entries()) {
        await field.fill(String(row[index]));
      }
      await send(page);
      await page.evaluate('scrollTo(0, 0)');
      await page.screenshot({ path: process.env.DOCS_PICTURE as string });
    },
  );

  test('is dark before anything has been read, where the person wants it dark', async () => {
    const grounds = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(iris, { colorScheme, javaScriptEnabled: false });
      await page.getByRole('heading', { name: 'Model' }).waitFor();
      grounds.push(
        (await page.screenshot({ clip: { x: 0, y: 600, width: 1, height: 1 } })).toString('base64'),
      );
    }
    expect(grounds[0]).not.toBe(grounds[1]);
  });
});

/** Opens what is closed. Forty clicks of the mouse would take three seconds. */
const OPEN_ALL = `{
  const closed = () =>
    [...document.querySelectorAll('details:not([open]) > summary')].filter((each) => each.checkVisibility());
  for (let found = closed(); found.length > 0; found = closed()) {
    found.forEach((each) => each.click());
  }
}`;

interface Called {
  readonly type: string;
  readonly shape: number[];
  readonly names: string[];
  readonly error: string;
}

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

/** Role and name of what has the focus, as a screen reader says them. */
function focusOf(page: Page): Promise<string> {
  return page.locator(':focus').ariaSnapshot();
}
