import { afterEach, describe, expect, test, vi } from 'vitest';
import { bodyOf, type Case, readCases } from '../../support/conformance/case.ts';
import { apiGatewayV1, apiGatewayV2, eventSources, type TestRequest } from '../../support/events.ts';
import { failureOf } from '../../support/failure-of.ts';
import { type Deployment, deploy, functionOfPath } from '../../support/functions.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const sources = Object.entries(eventSources);

/**
 * Recorded requests of every endpoint, kind of payload, way to carry a message, and kind of error. What they
 * must be answered is conformance.test.ts.
 */
const SAMPLE = [
  'predict/tensor/identity-2d',
  'predict/tensor/identity-empty-0x4',
  'predict/tensor/identity-shape-minus1',
  'predict/ndarray/identity-2d',
  'predict/ndarray/identity-mixed-num-str',
  'predict/ndarray/identity-nan',
  'predict/ndarray/identity-unicode',
  'predict/ndarray/identity-scalar',
  'predict/other/strData-unicode',
  'predict/other/binData',
  'predict/other/binData-bad-padding',
  'predict/other/jsonData-object',
  'predict/other/jsonData-null',
  'predict/other/customData',
  'predict/other/duplicate-keys',
  'tftensor/identity/float-content',
  'tftensor/identity/int64-val-strings',
  'tftensor/identity/content-wrong-size',
  'bad/no-body',
  'bad/empty-body',
  'bad/trailing-comma',
  'bad/empty-object',
  'bad/utf16',
  'bad/utf8-bom',
  'bad/lone-surrogate-escape',
  'bad/nul-escape',
  'meta/all',
  'meta/number',
  'names/ClassNames/ndarray-2d',
  'tags/TagsBoth/with-request-tags',
  'metrics/MetricsBoth/predict',
  'transform-input/ints',
  'transform-output/tensor',
  'route/meta-passed',
  'route/named',
  'route/bad-input',
  'aggregate/mean/top-level-list',
  'aggregate/mean/three',
  'aggregate/mean/shape-mismatch',
  'aggregate/full/strData',
  'feedback/full/request-tags',
  'feedback/bad/two-oneof',
  'feedback/form',
  'feedback/query',
  'health/full',
  'health/raises',
  'metadata/init/v1',
  'metadata/init/bad_datatype',
  'http/GET/health/ping',
  'http/HEAD/health/ping',
  'http/GET/api/v1.0/health/status',
  'http/GET/api/v1.0/metadata',
  'http/POST-json/api/v0.1/predictions',
  'http/POST-form/api/v1.0/feedback',
  'http/GET-query/predict',
  'http/GET-query/api/v1.0/predictions',
  'http/PUT/predict',
  'http/OPTIONS/predict',
  'http/404-GET/nope',
  'http/form/json-unicode',
  'http/form/json-invalid',
  'http/query/post-query-no-body',
  'http/query/post-body-and-query',
  'http/multipart/strData-file',
  'http/multipart/binData-and-meta',
  'http/multipart/data-and-meta',
  'http/multipart/aggregate',
  'http/multipart/truncated',
  'raw/echo/aggregate-list',
  'raw/echo/status-code-reflected',
  'raw/zoo/status_204',
  'raw/zoo/status_0',
  'raw/passthrough/not-json',
  'errors/predict/sme_422',
  'errors/predict/sme_200',
  'errors/predict/sme_obj',
  'errors/predict/exception_empty',
  'errors/custom/raw',
  'errors/custom/health',
  'errors/custom/404',
];

const cases = new Map(readCases().map((testCase) => [testCase.id, testCase]));
const sample = SAMPLE.flatMap((id) => {
  const testCase = cases.get(id);
  return testCase?.request === undefined ? [] : [{ id, testCase, request: toRequest(testCase.request) }];
});

function toRequest(recorded: NonNullable<Case['request']>): TestRequest {
  const { method, path, headers } = recorded;
  const body = bodyOf(recorded);
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

function deployCase({ model, env }: Case): Deployment {
  return deploy({ MODEL_NAME: model, ...env });
}

async function answerTo(functions: Deployment, request: TestRequest, source = apiGatewayV2) {
  const { status, headers, body } = await functions.send(request, source);
  return { status, contentType: headers['content-type'], body };
}

test('the sample holds recorded requests only, once each', () => {
  expect(sample.map(({ id }) => id)).toEqual([...new Set(SAMPLE)]);
});

describe('an answer does not depend on how its request came', () => {
  test.each(sample)('$id: through which event source', async ({ testCase, request }) => {
    const functions = deployCase(testCase);
    const expected = await answerTo(functions, request);
    for (const [name, source] of sources) {
      expect(await answerTo(functions, request, source), name).toEqual(expected);
    }
  });

  test.each(sample.filter(({ request }) => request.body !== undefined))(
    '$id: as text or as base64',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const expected = await answerTo(functions, request);
      const body = Buffer.from(request.body as string | Uint8Array);
      for (const [name, source] of sources) {
        expect(await answerTo(functions, { ...request, body }, source), name).toEqual(expected);
      }
    },
  );

  test.each(sample.filter(({ request }) => Object.keys(request.headers ?? {}).length > 0))(
    '$id: in which case its headers are written',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const expected = await answerTo(functions, request);
      const upper = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toUpperCase(), value]);
      const headers = Object.fromEntries(upper);
      expect(await answerTo(functions, { ...request, headers }, apiGatewayV1)).toEqual(expected);
    },
  );

  test.each(sample.filter(({ request }) => request.method === 'GET'))(
    '$id: by HEAD instead of GET, but that it has no body then',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const expected = { ...(await answerTo(functions, request)), body: '' };
      for (const [name, source] of sources) {
        expect(await answerTo(functions, { ...request, method: 'HEAD' }, source), name).toEqual(expected);
      }
    },
  );

  test.each(sample.filter(({ testCase, request }) => directEvent(testCase, request) !== undefined))(
    '$id: over HTTP or by direct invocation, which fails where HTTP has an error',
    async ({ testCase, request }) => {
      const functions = deployCase(testCase);
      const path = request.path.split('?', 1)[0] as string;
      const { status, body } = await functions.send(request);
      const text = typeof body === 'string' ? body : Buffer.from(body).toString();
      const { message } = directEvent(testCase, request) as { message: unknown };
      const called = functions.invoke(functionOfPath.get(path) as string, message);
      if (status < 400) {
        expect(await called).toEqual(text === '' ? null : JSON.parse(text));
      } else {
        expect(await failureOf(called)).toEqual(expectedFailure(status, text));
      }
    },
  );
});

/**
 * The message itself; undefined where a direct invocation cannot mean the same: it has no path, no method and
 * no bytes.
 */
function directEvent({ env }: Case, request: TestRequest): { message: unknown } | undefined {
  const [path, query] = request.path.split('?') as [string, string | undefined];
  const { method, headers = {}, body } = request;
  const isOwnRoute = functionOfPath.has(path) && path !== '/health/ping';
  if (!isOwnRoute || !/^(GET|POST)$/.test(method) || env.PAYLOAD_PASSTHROUGH) {
    return undefined;
  }
  if (/^\/(api\/v1.0\/)?(health|metadata)/.test(path)) {
    return { message: {} };
  }
  const type = headers['Content-Type'] ?? '';
  if (type.startsWith('multipart/') || (body !== undefined && typeof body !== 'string')) {
    return undefined;
  }
  if (path.startsWith('/api/') && method === 'GET') {
    return undefined;
  }
  const form = type.startsWith('application/x-www-form-urlencoded') ? body : undefined;
  const text =
    new URLSearchParams(form ?? '').get('json') ?? new URLSearchParams(query ?? '').get('json') ?? body;
  try {
    return { message: JSON.parse(text as string) };
  } catch {
    return undefined;
  }
}

function expectedFailure(status: number, text: string) {
  const error = JSON.parse(text).status ?? {};
  const { info = text } = error;
  return {
    name: error.reason ?? `HTTP_${status}`,
    message: typeof info === 'string' ? info : JSON.stringify(info),
  };
}
