import type { ExpectedCall } from './graph-case.ts';

/** An answer on purpose other than the executor's, with the reason. */
export interface Ours {
  readonly why: string;
  /** Whether the graph is refused when it is packaged. */
  readonly refused?: boolean;
  readonly status?: number;
  readonly reason?: string;
  readonly json?: unknown;
  readonly jsonContains?: object;
  readonly body?: string;
  readonly calls?: readonly ExpectedCall[] | 'any';
  /** With units in the same process. */
  readonly localCalls?: readonly ExpectedCall[];
}

const BAD_ROUTE = {
  why: 'a route that cannot be read is an error, never a guess or a dead connection',
  status: 500,
  reason: 'GRAPH_BAD_ROUTE',
};
/** Of a router that answers all its messages. */
const BAD_ROUTE_OF_R = { ...BAD_ROUTE, calls: [{ node: 'r', path: '/route' }] };
const SIMPLE = { names: ['class0', 'class1', 'class2'], tensor: { shape: [1, 3], values: [0.1, 0.9, 0.5] } };
const SIMPLE_METRICS = [
  { key: 'mymetric_counter', type: 'COUNTER', value: 1 },
  { key: 'mymetric_gauge', type: 'GAUGE', value: 100 },
  { key: 'mymetric_timer', type: 'TIMER', value: 22.1 },
];
const OWN_FORM = 'errors have a body, in the form of the protocol';
const UNKNOWN = 'an unknown unit is 404';

/** The cases that are answered otherwise on purpose, by id. */
export const OURS: Readonly<Record<string, Ours>> = {
  'route-text-number': BAD_ROUTE_OF_R,
  'route-str-data': BAD_ROUTE_OF_R,
  'route-no-array': BAD_ROUTE_OF_R,
  'route-empty-list': BAD_ROUTE,
  'route-not-json': BAD_ROUTE,
  // The executor's process died, so what it would have called is not known.
  'route-too-high-in-parallel': { ...BAD_ROUTE, calls: 'any' },
  'body-not-json': { why: 'a class gets JSON', reason: 'MICROSERVICE_BAD_DATA', localCalls: [] },
  'body-empty': { why: 'a class gets JSON', reason: 'MICROSERVICE_BAD_DATA', localCalls: [] },
  'http-methods#1': { why: OWN_FORM, reason: 'MICROSERVICE_METHOD_NOT_ALLOWED' },
  'tf-unchainable': { why: OWN_FORM, status: 500, reason: 'GRAPH_BAD_ANSWER' },
  'v2-ready#3': { why: "KServe's client reads JSON", json: { ready: true } },
  'v2-ready#4': { why: OWN_FORM, reason: 'MICROSERVICE_NOT_FOUND' },
  'v2-named': {
    why: 'a unit is called by its own name: one of another name is 404',
    calls: [
      { node: 'm1', path: '/v2/models/m1/infer' },
      { node: 'm2', path: '/v2/models/m2/infer', body: '{"inputs":[]}' },
    ],
  },
  'http-methods#4': { why: OWN_FORM, reason: 'MICROSERVICE_NOT_FOUND' },
  'http-methods#5': { why: OWN_FORM, reason: 'MICROSERVICE_NOT_FOUND' },
  'abtest-bad-ratio': { why: 'parameters are checked when the graph is packaged', refused: true },
  'abtest-one-child': { why: 'children are counted when the graph is packaged', refused: true },
  'abtest-router-type': {
    why: 'a hardcoded implementation wins over the type, as in the engine',
    body: '{"data":{"names":["a"],"ndarray":[[0.1]]},"meta":{}}',
    calls: [{ node: 'a', path: '/predict' }],
  },
  'simple-router-executor': {
    why: 'the engine called child 0 only',
    calls: [{ node: 'a', path: '/predict' }],
  },
  'engine-simple-router': {
    why: 'routing is added where it is asked for',
    jsonContains: { data: { ndarray: [[0.1]] } },
  },
  'simple-model-executor': {
    why: 'the engine answered three classes',
    jsonContains: { status: { status: 0 }, data: SIMPLE },
  },
  'engine-simple-model': {
    why: 'no puid is made; requestPath and metrics are those of any unit',
    jsonContains: { status: { status: 0 }, data: SIMPLE, meta: { metrics: SIMPLE_METRICS } },
  },
  'engine-average-combiner-shapes': {
    why: 'the sentence names both units and shapes',
    status: 500,
    reason: 'GRAPH_BAD_ANSWER',
  },
  'engine-invalid-route': {
    why: '-2 means no child, as in the executor',
    status: 200,
    json: { data: { ndarray: [[1, 2]] } },
  },
  'engine-meta': {
    why: 'meta is merged by the units, as with the executor: that of a router does not reach the answer',
    json: {
      data: { ndarray: [[0.5]] },
      meta: { tags: { t: 2 }, metrics: [{ key: 'm', type: 'GAUGE', value: 3 }] },
    },
  },
  'engine-feedback-none': {
    why: 'the answer is what the unit answered; the stub sends it back',
    json: { response: { meta: { routing: { r: -2 } } }, reward: 1 },
  },
  'injection-no-meta': {
    why: 'routing is added where meta is missing, and nothing else is changed',
    json: { strData: 'x', binData: null, meta: { routing: { r: 1, b: -1 } } },
  },
  'error-router': { why: "the router's own body is the answer", body: '{"why":"no arm"}' },
  timeout: { why: 'time that is over has a status of its own', status: 504, reason: 'GRAPH_TIMEOUT' },
  'error-closed': {
    why: 'a unit that hangs up has a status of its own',
    status: 502,
    reason: 'GRAPH_NODE_UNREACHABLE',
  },
  'feedback-routing-none': {
    why: '-2 means no child; then the router is told',
    status: 200,
    body: '{"strData":"thanks of r"}',
    calls: [{ node: 'r', path: '/send-feedback' }],
  },
  'feedback-transformer': {
    why: 'the answer is that of the first unit that was told, not the feedback',
    body: '{"strData":"thanks of a"}',
  },
  'feedback-unknown-field': {
    why: 'an unknown field does not lose the routing',
    calls: [
      { node: 'b', path: '/send-feedback' },
      { node: 'r', path: '/send-feedback' },
    ],
  },
  'status-node#3': { why: UNKNOWN, status: 404, reason: 'GRAPH_UNKNOWN_NODE' },
  'metadata-abtest': {
    why: 'code of this package has no metadata; a router has the inputs and outputs of its first child',
    status: 200,
    jsonContains: {
      graphinputs: [{ schema: { names: ['x'] } }],
      graphoutputs: [{ schema: { names: ['y'] } }],
    },
    calls: [
      {
        parallel: [
          [{ node: 'a', method: 'GET', path: '/metadata' }],
          [{ node: 'b', method: 'GET', path: '/metadata' }],
        ],
      },
    ],
  },
  'metadata-node-fails': {
    why: "the unit's own status and body are the answer",
    body: '{"status":{}}',
  },
};
