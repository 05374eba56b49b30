import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { apiGatewayV2, readResult } from './events.ts';
import { type Deployment, functionFor } from './functions.ts';

/** A request that is sent to a served model over HTTP, and to the handlers as an event. */
export interface DoorRequest {
  readonly method?: string;
  /** As it is sent: percent-encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Whether API Gateway puts the body into its event as text, or as base64. */
  readonly as?: 'text' | 'base64';
  readonly status: number;
}

const IRIS = '{"data":{"ndarray":[[5.1,3.5,1.4,0.2]]}}';
const QUERY = encodeURIComponent(IRIS);
/** 5 MB; as the result of a function, where each quote and backslash is escaped once more, over 6 MB. */
const LONG = gzipSync(JSON.stringify({ strData: '"'.repeat(2_500_000) }));
const PART =
  '--b\r\ncontent-disposition: form-data; name="data"\r\n\r\n{"ndarray":[[5.1,3.5,1.4,0.2]]}\r\n--b--\r\n';

const V2 = '{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[5.1,3.5,1.4,0.2]}]}';
/** As tritonclient sends it by default: tensors as bytes behind the JSON, both ways, and no content type. */
const BINARY = binaryRequest();

function binaryRequest() {
  const json = JSON.stringify({
    parameters: { binary_data_output: true },
    inputs: [{ name: 'x', shape: [1, 4], datatype: 'FP32', parameters: { binary_data_size: 16 } }],
  });
  const bytes = Buffer.from(Float32Array.of(5.1, 3.5, 1.4, 0.2).buffer);
  return {
    path: '/v2/models/iris/infer',
    headers: { 'inference-header-content-length': String(json.length) },
    body: Buffer.concat([Buffer.from(json), bytes]),
    status: 200,
  };
}

function post(path: string, body: string, status = 200): DoorRequest {
  return { path, body, as: 'text', headers: { 'content-type': 'application/json' }, status };
}

function typed(type: string, as: 'text' | 'base64', status: number, body: string | Uint8Array = IRIS) {
  return { path: '/predict', body, as, headers: { 'content-type': type }, status };
}

function encoded(encoding: string, body: Uint8Array, status: number): DoorRequest {
  const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
  return { path: '/predict', body, as: 'base64', headers, status };
}

function get(path: string, status = 200, headers: DoorRequest['headers'] = {}): DoorRequest {
  return { method: 'GET', path, headers, status };
}

/** By what is special about them. For the model Iris. */
export const DOOR_REQUESTS: Readonly<Record<string, DoorRequest>> = {
  JSON: post('/predict', IRIS),
  'another path': post('/api/v1.0/predictions', IRIS),
  'an old path': post('/api/v0.1/predictions', IRIS),
  'a slash at the end of the path': post('/predict/', IRIS, 404),
  'a slash at the end of the page': get('/docs/'),
  'two slashes': post('//predict', IRIS, 404),
  'a path that does not exist': post('/no/where', IRIS, 404),
  'a path that is percent-encoded': get('/no/caf%C3%A9%20au%20lait', 404),
  'the root': get('/', 404),
  'a query': get(`/predict?json=${QUERY}`),
  'a query with a key twice': get(`/predict?json=${QUERY}&json=7`, 400),
  'a query with plus signs': get('/transform-input?json=%7B%22strData%22:%22a+b%2Bc%22%7D'),
  'no message': get('/predict', 400),
  'a query that is not encoded': get('/predict?a=%zz', 400),
  'a method that the path does not have': { ...get('/predict', 405), method: 'DELETE' },
  HEAD: { ...get('/health/ping'), method: 'HEAD' },
  'HEAD of what has no GET': { ...get('/api/v1.0/predictions', 405), method: 'HEAD' },
  OPTIONS: { ...get('/predict'), method: 'OPTIONS' },
  'a preflight': {
    ...get('/predict', 200, { origin: 'https://a.example', 'access-control-request-method': 'POST' }),
    method: 'OPTIONS',
  },
  'a call from another origin': get('/health/ping', 200, { origin: 'https://a.example' }),
  'no content type': { path: '/predict', body: IRIS, as: 'base64', status: 400 },
  'a content type with parameters': typed('Application/JSON ; charset=utf-8', 'text', 200),
  'a content type like JSON': typed('application/vnd.api+json', 'base64', 200),
  'text as content type': typed('text/plain', 'text', 400),
  'bytes as content type': typed('application/octet-stream', 'base64', 400, Uint8Array.of(0, 255, 128)),
  'a form': typed('application/x-www-form-urlencoded', 'base64', 200, `json=${QUERY}`),
  'a form in parts': typed('multipart/form-data; boundary=b', 'base64', 200, PART),
  'an empty body': { ...post('/predict', '', 400), body: '' },
  gzip: encoded('gzip', gzipSync(IRIS), 200),
  'gzip that is broken': encoded('gzip', Uint8Array.of(31, 139, 8, 0), 400),
  'an unknown encoding': encoded('zstd', Uint8Array.of(40, 181, 47, 253), 415),
  identity: {
    ...post('/predict', IRIS),
    headers: { 'content-type': 'application/json', 'content-encoding': 'identity' },
  },
  'an answer that is over the limit': { ...encoded('gzip', LONG, 413), path: '/transform-input' },
  'an answer that fits when it is compressed': {
    path: '/transform-input',
    body: LONG,
    as: 'base64',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'accept-encoding': 'gzip' },
    status: 200,
  },
  'bytes that are not UTF-8': typed('application/json', 'text', 400, Uint8Array.of(34, 255, 34)),
  'characters of several bytes': post('/transform-input', '{"strData":"é 漢 🙂"}'),
  'bad JSON': post('/predict', '{"data":', 400),
  'a wrong shape': post('/predict', '{"data":{"ndarray":[[1]]}}', 400),
  'strData for a model of arrays': post('/predict', '{"strData":"x"}', 400),
  binData: post('/transform-input', '{"binData":"AP+A"}'),
  jsonData: post('/transform-input', '{"jsonData":{"a":[1,null,{"b":"c"}]}}'),
  'a long list': post(
    '/transform-input',
    `{"data":{"ndarray":[${Array.from({ length: 50_000 }, (_, i) => i / 7)}]}}`,
  ),
  'a method that the model lacks': post('/route', IRIS, 400),
  'several messages': post('/aggregate', `{"seldonMessages":[${IRIS},${IRIS}]}`, 400),
  feedback: post('/send-feedback', `{"request":${IRIS},"reward":1}`),
  cookies: get(`/predict?json=${QUERY}`, 200, { cookie: 'a=b; c=d' }),
  'a header twice': get(`/predict?json=${QUERY}`, 200, {
    'accept-encoding': ['br', 'gzip;q=0'],
    'x-a': ['1', '2'],
  }),
  metadata: get('/api/v1.0/metadata'),
  'v2 without a content type': { path: '/v2/models/iris/infer', body: V2, as: 'base64', status: 200 },
  'v2 as bytes': { ...BINARY, as: 'base64' },
  'v2 as bytes that are called JSON': {
    ...BINARY,
    as: 'text',
    headers: { ...BINARY.headers, 'content-type': 'application/json' },
    status: 400,
  },
  'v2 liveness with a slash': get('/v2/health/live/'),
  'v2 metadata': get('/v2/models/iris'),
  'a model of v2 that does not exist': get('/v2/models/nope/ready', 404),
  'the health': get('/health/status'),
  'the description': get('/seldon.json'),
  'the page': get('/docs'),
};

/** An answer of either door. `body`: one character for each byte. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Headers of the connection, and the date. */
const OF_CONNECTION = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];
/** Both doors would otherwise have an id of their own in each answer. */
const PUID = { 'seldon-puid': 'both-doors' };

function toDoorAnswer(status: number, headers: object, body: Uint8Array | string): DoorAnswer {
  const own = Object.entries(headers).filter(([name]) => !OF_CONNECTION.includes(name));
  return { status, headers: Object.fromEntries(own), body: Buffer.from(body).toString('latin1') };
}

/** Sends a request over HTTP, with no header but those that are given. */
export async function sendTo(
  url: string,
  { method = 'POST', path, headers, body }: DoorRequest,
): Promise<DoorAnswer> {
  const options = { method, headers: { ...PUID, ...headers } as Record<string, string> };
  const { hostname, port } = new URL(url);
  const sent = httpRequest({ hostname, port, path, agent: false, ...options }).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return toDoorAnswer(answer.statusCode as number, answer.headers, await buffer(answer));
}

/** Hands a request to the handler that serverless.yml gives its path to, as the event of an HTTP API. */
export async function sendAsEvent(
  functions: Deployment,
  url: string,
  request: DoorRequest,
): Promise<DoorAnswer> {
  const { method = 'POST', path, headers = {}, body, as } = request;
  const [encoded = '', ...query] = path.split('?');
  const decoded = decodeURIComponent(encoded);
  const name = functionFor(decoded);
  const joined = Object.entries(headers).map(([key, value]) => [key, [value].flat().join(',')]);
  const event = apiGatewayV2({
    method,
    path: [decoded, ...query].join('?'),
    headers: { host: new URL(url).host, 'x-forwarded-proto': 'http', ...PUID, ...Object.fromEntries(joined) },
    ...(body && { body: as === 'text' ? Buffer.from(body).toString() : Buffer.from(body) }),
  });
  const { status, headers: answered, body: text } = readResult(await functions.invoke(name, event));
  return toDoorAnswer(status, answered, text);
}
