import type { Case, RecordedResponse, Step } from './case.ts';
import { type Families, readRecorded, sampleKey, UNSET } from './families.ts';
import { readNumberTexts } from './number-texts.ts';

/** The answer that is expected. */
export interface Expected {
  status: number;
  /** Without parameters. */
  contentType: string;
  /** Parsed JSON, or the result of `readNumberTexts`, compared deeply; undefined: not compared. */
  body?: unknown;
  /** Exact text instead of JSON. */
  text?: string;
  /** The reason of an error body; its info is compared by `info`. */
  reason?: string;
  /** How an error's info must start. */
  info?: string;
  /** The samples on /metrics, by family. */
  families?: Families;
  /** Whether there is more on /metrics than the families say: their record is cut. */
  isCut?: boolean;
  /** Compared as protobuf's JSON mapping would: empty `values` and COUNTER may be left out (B12). */
  isFeedback?: boolean;
}

/** The wrapper's own sentences: our info must start with the same words. */
const SENTENCES = [
  "Can't find JSON in data",
  'Invalid request data type: ',
  'Unknown data type returned as payload (must be list or np array):',
  'Routing response must be int but got ',
  'Route not defined',
  'Aggregate not defined',
  'route is not implemented',
  'aggregate is not implemented',
  'Bad metric created during request: ',
  'Model metadata unavailable',
  'Invalid JSON: ',
];

/** Texts that the test models throw themselves; ours must be the same. */
const MODELS_OWN = /^(ErrorZoo|CustomHandler|HealthRaises|HealthToggle)$/;
/** Python's or numpy's words where a test model's language decides. */
const LANGUAGE_TEXT = /recursion|inner type error/;

/** The answer that is expected: the recorded one, unless DEVIATIONS.md names the case's number. */
export function expectedOf(testCase: Case, step: Step): Expected {
  if (isMetrics(step)) {
    return metricsOf(testCase, step);
  }
  const specific = SPECIFIC[testCase.id]?.(step);
  if (specific !== undefined) {
    return specific;
  }
  for (const bug of testCase.bugs ?? []) {
    const deviating = DEVIATIONS[bug]?.(step, testCase);
    if (deviating !== undefined) {
      return deviating;
    }
  }
  if (testCase.startup?.ok === false) {
    return failed(500, 'MICROSERVICE_INTERNAL_ERROR', startupText(testCase));
  }
  return recorded(testCase, step.request.path, step.response);
}

const isMetrics = ({ request }: Step) => request.server === 'metrics' && request.path === '/metrics';

/**
 * B33: the content type. The families as recorded, but as DEVIATIONS.md says where it names the case's
 * number.
 */
function metricsOf({ id, bugs = [] }: Case, { request, response }: Step): Expected {
  if (request.method === 'OPTIONS') {
    return { status: 200, contentType: 'text/html', text: '' };
  }
  if (request.method !== 'GET') {
    return failed(405, 'MICROSERVICE_METHOD_NOT_ALLOWED');
  }
  const text = response.status === 200 ? (response.bodyText ?? '') : '';
  const isCut = text.endsWith(CUT);
  const families = readRecorded(isCut ? text.slice(0, text.lastIndexOf('\n') + 1) : text);
  for (const bug of new Set([...bugs, ...(AT_A_BOUND.has(id) ? ['B30'] : [])])) {
    FAMILIES[bug]?.(families, id);
  }
  return { status: 200, contentType: 'text/plain', families, isCut };
}

/** The end of a record of more than 60,000 characters: what follows is not known. */
const CUT = '...[cut]';

/** Cases with a timer at a bucket's bound, or below all, that do not name the deviation. */
const AT_A_BOUND = new Set(['metrics/MetricsBoth/prometheus', 'metrics/runtime/negative-and-zero']);

/** By the number in DEVIATIONS.md: what is changed in the recorded families. */
const FAMILIES: Readonly<Record<string, (families: Families, id: string) => void>> = {
  B08: (families, id) => {
    if (id.endsWith('key_dash')) {
      families.my_metric = gaugeOf('my_metric', {});
    }
    if (id.endsWith('key_unicode')) {
      families.m_trique = gaugeOf('m_trique', {});
    }
    if (id.endsWith('tag_name_dash')) {
      families.g = gaugeOf('g', { my_tag: 'x' });
    }
  },
  B09: (families, id) => {
    if (id.endsWith('tag_value_int')) {
      families.g = gaugeOf('g', { n: '1' });
    }
    if (id.endsWith('tags_none')) {
      families.g = gaugeOf('g', {});
    }
  },
  B19: (families, id) => {
    const [name, version] = {
      'image-without-tag': ['repo/img', ''],
      'image-registry-port': ['host:5000/img', ''],
      'image-digest': ['repo/img', ''],
    }[id.split('/').at(-1) as string] as [string, string];
    const labels = { image_name: name, model_image: name, image_version: version, model_version: version };
    for (const family of Object.values(families)) {
      family.samples = Object.fromEntries(
        Object.entries(family.samples).map(([key, value]) => [relabel(key, labels), value]),
      );
    }
  },
  B28: (families, id) => {
    const reward = families.seldon_api_model_feedback_reward_total?.samples ?? {};
    if (id.startsWith('errors/')) {
      for (const name of Object.keys(families)) {
        delete families[name];
      }
    }
    // Of 1, 0.1, 0 and -2.
    else {
      for (const key of Object.keys(reward)) {
        reward[key] = 1 + Math.fround(0.1);
      }
    }
  },
  // `le` is inclusive: 1 ms is in the bucket of 1 ms, and what is below all bounds in all of them.
  B30: (families, id) => {
    const belowAll = { timer_negative: 1, 'negative-and-zero': 2 }[id.split('/').at(-1) as string];
    for (const { type, samples } of Object.values(families)) {
      if (type !== 'histogram') {
        continue;
      }
      for (const key of Object.keys(samples)) {
        if (belowAll !== undefined && !key.includes('_sum ')) {
          samples[key] = belowAll;
        }
        if (belowAll === undefined && key.includes('"0.001"')) {
          samples[key] = 2;
        }
      }
    }
  },
  B31: (families) => {
    const key = (tags: Record<string, string>) =>
      sampleKey('c_total', { ...UNSET, ...tags, method: 'predict' });
    const samples = { [key({ a: 'b', c: 'd' })]: 1, [key({ a: 'b_c-d' })]: 2 };
    families.c_total = { type: 'counter', samples };
  },
};

function gaugeOf(name: string, tags: Record<string, string>): Families[string] {
  return { type: 'gauge', samples: { [sampleKey(name, { ...UNSET, ...tags, method: 'predict' })]: 1 } };
}

function relabel(key: string, labels: Readonly<Record<string, string>>): string {
  const [, name, pairs] = /^(\S+) (.*)$/.exec(key) as unknown as [string, string, string];
  return sampleKey(name, { ...Object.fromEntries(JSON.parse(pairs)), ...labels });
}

function recorded(
  testCase: Case,
  path: string,
  { status, headers, body, bodyRaw, bodyText }: RecordedResponse,
): Expected {
  const contentType = (headers['content-type'] ?? '').split(';', 1)[0] as string;
  const isFeedback = /feedback/.test(path);
  if (bodyText !== undefined) {
    return isBareNumbers(bodyText)
      ? { status, contentType, body: quoted(bodyText), isFeedback }
      : { status, contentType, text: bodyText };
  }
  const error = (body as { status?: { info?: unknown; reason?: string; code?: number } } | undefined)?.status;
  if (error?.code !== -1 || status < 200) {
    const exact = bodyRaw === undefined ? body : readNumberTexts(bodyRaw);
    return { status, contentType, body: withoutMethodTag(exact), isFeedback };
  }
  return { ...failed(status, error.reason as string, infoOf(testCase, error.info)), contentType };
}

function infoOf({ model }: Case, info: unknown): string | undefined {
  if (typeof info !== 'string') {
    return JSON.stringify(info);
  }
  const sentence = SENTENCES.find((start) => info.startsWith(start));
  if (sentence !== undefined) {
    return sentence.startsWith('Routing') ? info : sentence;
  }
  return MODELS_OWN.test(model) && !LANGUAGE_TEXT.test(info) ? info : undefined;
}

function startupText({ startup }: Case): string | undefined {
  return startup?.exceptions?.at(-1)?.replace(/^RuntimeError: /, '');
}

function failed(status: number, reason: string, info?: string): Expected {
  return { status, contentType: 'application/json', reason, ...(info === undefined ? {} : { info }) };
}

const badData = (): Expected => failed(400, 'MICROSERVICE_BAD_DATA');
const ok = (body: unknown, isFeedback = false): Expected => ({
  status: 200,
  contentType: 'application/json',
  body,
  isFeedback,
});

/** B06: the reference writes its own word into the user's tags; nobody's tags are changed here. */
function withoutMethodTag(body: unknown): unknown {
  const text = JSON.stringify(body, (key, value) => {
    if (key !== 'tags' || typeof value !== 'object' || value === null || !('method' in value)) {
      return value;
    }
    const { method: _, ...tags } = value;
    return tags;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

function isBareNumbers(text: string): boolean {
  return /[:[,](NaN|-?Infinity)[\],}]/.test(text);
}

/** B03: the strings of protobuf's JSON mapping. */
function quoted(text: string): unknown {
  return withoutMethodTag(readNumberTexts(text.replace(/([:[,])(NaN|-?Infinity)(?=[\],}])/g, '$1"$2"')));
}

const POST_ONLY = /^\/api\/(v1\.0|v0\.1)\/(predictions|feedback)$/;
const KNOWN_PATH =
  /^\/(predict|transform-input|transform-output|route|aggregate|send-feedback|health\/(ping|status)|metadata|seldon\.json|api\/v1\.0\/(metadata|health\/status))$/;

/**
 * By the number in DEVIATIONS.md; undefined: as recorded. Numbers that are not here say "same", or concern
 * /metrics alone.
 */
const DEVIATIONS: Readonly<Record<string, (step: Step, testCase: Case) => Expected | undefined>> = {
  B01: ({ request }) => {
    const path = request.path.split('?', 1)[0] as string;
    return POST_ONLY.test(path) || KNOWN_PATH.test(path)
      ? failed(405, 'MICROSERVICE_METHOD_NOT_ALLOWED')
      : failed(404, 'MICROSERVICE_NOT_FOUND');
  },
  B02: badData,
  B04: ({ response }) =>
    response.status >= 200 && response.status <= 599 ? undefined : failed(500, 'MICROSERVICE_INTERNAL_ERROR'),
  B08: (_step, { id }) => (id.includes('key_empty') ? failed(500, 'MICROSERVICE_BAD_METRIC') : undefined),
  B09: ({ request }, { id }) => {
    if (id.includes('item_not_dict')) {
      return failed(500, 'MICROSERVICE_BAD_METRIC');
    }
    const metric = {
      type: 'GAUGE',
      key: 'g',
      value: 1,
      ...(id.includes('tag_value_int') ? { tags: { n: '1' } } : {}),
    };
    const strData = request.path === '/predict' ? (id.split('/').at(-1) as string) : 'ok';
    return ok({ strData, meta: { metrics: [metric] } });
  },
  B13: badData,
  B14: () => ok({ data: { ndarray: [] }, meta: { puid: 'p' } }),
  B16: badData,
  B17: ({ request }) => (/\[NaN\]/.test(request.body ?? '') ? undefined : badData()),
  B18: () => failed(400, 'MICROSERVICE_BAD_DATA', 'Routing response must be int but got '),
  B19: ({ request }, { env }) => {
    if (request.path !== '/metadata') {
      return undefined;
    }
    const name = {
      'repo/img': 'repo/img',
      'host:5000/img': 'host:5000/img',
      'repo/img@sha256:abcd': 'repo/img',
    }[env.PREDICTIVE_UNIT_IMAGE as string];
    return ok({ name, versions: [''], platform: '', inputs: [], outputs: [], custom: {} });
  },
  B20: () => failed(500, 'MICROSERVICE_BAD_PARAMETER'),
  B21: () => failed(500, 'MICROSERVICE_INTERNAL_ERROR'),
  B22: () => failed(500, 'MICROSERVICE_BAD_METADATA', 'Model metadata unavailable'),
  B23: ({ request }, { model }) => {
    if (!request.path.endsWith('feedback')) {
      return undefined;
    }
    return ok({
      strData: model === 'Legacy' ? 'send_feedback_rest got object' : 'dict from send_feedback_raw',
    });
  },
  B24: (_step, { id }) => (id.endsWith('truncated') ? badData() : undefined),
  B25: (_step, { id }) =>
    id.endsWith('form-other')
      ? { status: 200, contentType: 'application/json', text: 'bytes:a=1&b=2' }
      : { status: 418, contentType: 'application/json', body: { status: { code: 418 }, strData: 'x' } },
  B29: (_step, { id }) =>
    id === 'health/return/sr_all'
      ? ok({
          strData: 'text',
          meta: { tags: { rt: 1 }, metrics: [{ type: 'GAUGE', key: 'rt_gauge', value: 7 }] },
        })
      : undefined,
  B32: () =>
    ok({
      data: { names: ['t:0', 't:1'], ndarray: [[1, 2]] },
      meta: {
        metrics: [
          { type: 'COUNTER', key: 'mycounter', value: 1 },
          { type: 'GAUGE', key: 'mygauge', value: 100 },
          { type: 'TIMER', key: 'mytimer', value: 20.2 },
        ],
      },
    }),
  B33: ({ request, response }) =>
    request.path === '/health/ping'
      ? { status: 200, contentType: 'text/plain', text: response.bodyText ?? '' }
      : undefined,
  B37: ({ request }) =>
    /metrics_bad_type/.test(request.body ?? '') ? failed(500, 'MICROSERVICE_BAD_METRIC') : undefined,
  B40: () => ok({ data: { tftensor: { dtype: 'DT_DOUBLE', tensorShape: { dim: [{}] } } }, meta: {} }, true),
  B48: ({ request }, { model }) => {
    const { ndarray } = (JSON.parse(request.body as string) as { data: { ndarray: unknown[][] } }).data;
    const shape = [1, (ndarray[0] as unknown[]).length];
    if (model !== 'Inspect') {
      return ok({ data: { names: (ndarray[0] as unknown[]).map((_, i) => `t:${i}`), ndarray }, meta: {} });
    }
    const X = { kind: 'array', dtype: 'object', shape, value: ndarray };
    return ok({
      jsonData: { method: 'predict', X, names: { kind: 'list', value: [] }, meta: { kind: 'null' } },
      meta: {},
    });
  },
  B49: ({ request }, { id }) => {
    if (id.startsWith('feedback/')) {
      return ok({ data: { ndarray: [] }, meta: {} }, true);
    }
    const ndarray = id.startsWith('return/')
      ? [[1, 2], [3]]
      : (JSON.parse(request.body as string) as { data: { ndarray: unknown } }).data.ndarray;
    return ok({ data: { names: [], ndarray }, meta: {} });
  },
};

const pong = (): Expected => ({ status: 200, contentType: 'text/plain', text: 'pong' });
const unhealthy = (info: string) => (step: Step) =>
  step.request.path === '/health/status' && step.response.status === 500
    ? failed(503, 'MICROSERVICE_INTERNAL_ERROR', info)
    : undefined;
/** `content-type` of ping is B33 wherever it is called. */
const isPing = ({ request }: Step) => request.path === '/health/ping' && request.method === 'GET';
const NULL_IS_ABSENT = 'B02: a null field counts as absent';
const MALFORMED_TFTENSOR = 'B02: a malformed payload is 400, numbered or not';

/**
 * Single cases for which a deviation says more than its number's rule, each with the sentence that it
 * follows.
 */
const SPECIFIC: Readonly<Record<string, (step: Step) => Expected | undefined>> = {
  ...because(NULL_IS_ABSENT, {
    'meta/requestPath-null': () => ok({ data: { names: ['t:0'], ndarray: [[1]] }, meta: {} }),
    'aggregate/meta/null-meta': () => ok({ data: { names: ['t:0', 't:1'], ndarray: [[2, 3.5]] }, meta: {} }),
    'bad/tensor-null': () => ok({ data: { names: [], ndarray: [] }, meta: {} }),
    'predict/other/strData-null': () => failed(400, 'MICROSERVICE_BAD_DATA', 'Invalid request data type: '),
  }),
  ...because(MALFORMED_TFTENSOR, {
    'tftensor/identity/dtype-invalid': badData,
    'tftensor/identity/shape-mismatch-more': badData,
    'tftensor/identity/content-wrong-size': badData,
    'tftensor/identity/content-bad-base64': badData,
    'tftensor/identity/list': badData,
    'tftensor/identity/empty-object': badData,
    'tftensor/identity/negative-dim': badData,
  }),
  ...because('B17: values of a tensor are numbers', {
    'inspect/predict/tensor-strings': badData,
  }),
  ...because('B16: line breaks are skipped and the padding may be left out', {
    'predict/other/binData-whitespace': () => ok({ binData: 'aGVsbG8=', meta: {} }),
    'predict/other/binData-bad-padding': () => ok({ binData: 'aGVsbG8=', meta: {} }),
  }),
  ...because('functions have one host for all: the metrics are there', {
    'http/404-GET/metrics': () => ({ status: 200, contentType: 'text/plain' }),
    'http/misc/http-metrics-404': () => failed(404, 'MICROSERVICE_NOT_FOUND'),
  }),
  ...because('functions also speak the Open Inference Protocol, which has this path', {
    'http/404-GET/v2/models': () => ok({ models: ['Identity'] }),
  }),
  ...because('B29: a failing model is 503 with the reason', {
    'health/raises': unhealthy('model is sick'),
    'health/toggle': (step) => (isPing(step) ? pong() : unhealthy('broken')(step)),
  }),
  ...because('B29: true means healthy, as false means that the model cannot serve', {
    'health/return/bool': () => ok({ strData: 'healthy', meta: {} }),
  }),
  ...because('B33: text/plain', {
    'metrics/all-methods': (step) => (isPing(step) ? pong() : undefined),
    'health/raises-ping': pong,
    'http/cors/origin-get-ping': pong,
    'http/cors/no-origin': pong,
    'undefined/NoMethods/health-ping': pong,
    'undefined/EmptyComponent/health-ping': pong,
    'http/HEAD/health/ping': () => ({ status: 200, contentType: 'text/plain', text: '' }),
  }),
  ...because('B06: the answer has the user’s tags, which name a method themselves', {
    'metrics/runtime-zoo/tag_reserved': () => ok({ strData: 'tag_reserved', meta: { metrics: [RESERVED] } }),
    'metrics/zoo/tag_reserved': ({ request }) =>
      ok({ strData: request.path === '/predict' ? 'tag_reserved' : 'ok', meta: { metrics: [RESERVED] } }),
  }),
  ...because('JSON text in JavaScript does not tell 2.0 from 2', {
    'bad/tensor-shape-float': () =>
      ok({ data: { names: [], tensor: { shape: [2], values: [1, 2] } }, meta: {} }),
  }),
  ...because('no integer is rounded: numpy makes floats of these two, which no integer dtype holds', {
    'inspect/predict/ndarray-int64-uint64': () => {
      const X = { kind: 'array', dtype: 'object', shape: [1, 2], value: [[2n ** 63n, -1]] };
      return ok({
        jsonData: { method: 'predict', X, names: { kind: 'list', value: [] }, meta: { kind: 'null' } },
        meta: {},
      });
    },
  }),
  ...because('arrays in JSON are lists', {
    'return/dict_numpy/from-strData': () => ok({ jsonData: { a: [1, 2] }, meta: {} }),
    'raw/zoo/numpy': () => ok({ data: { ndarray: [[1]] } }),
  }),
  ...because('the record leaves the large body out', {
    'bad/big-body-1MB': () =>
      ok({
        data: {
          names: [],
          tensor: { shape: [50_000], values: Array.from({ length: 50_000 }, (_, i) => i + 0.5) },
        },
        meta: {},
      }),
  }),
};

const RESERVED = {
  type: 'GAUGE',
  key: 'g',
  value: 1,
  tags: { model_name: 'evil', method: 'evil', worker_id: 'evil' },
};

function because<T>(_reason: string, cases: Record<string, T>): Record<string, T> {
  return cases;
}
