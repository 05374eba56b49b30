import type { Metadata } from '../model/metadata.ts';
import type { HttpMethod } from '../routes.ts';
import type { Parts } from './assemble.ts';
import type { Description } from './endpoints.ts';
import type { GraphEndpoint } from './graph-endpoints.ts';
import { inferComponents, NOTHING_KNOWN } from './open-inference/components.ts';
import { predictionComponents } from './tensorflow/components.ts';

/** How a protocol other than Seldon's describes the paths of a graph. */
export interface GraphWords {
  /** What the graph is behind. */
  readonly title: string;
  /** The description of a path; undefined where it is that of all graphs. */
  describe(name: GraphEndpoint, path: string, method: HttpMethod): Description | undefined;
  /** The components of its descriptions. `name`: of the deployment. */
  components(
    whole: Metadata | undefined,
    name: string,
  ): Pick<Parts, 'schemas' | 'requestBodies' | 'requestExamples'> & {
    readonly responses: Readonly<Record<string, object>>;
  };
}

/** What the names of errors in these protocols begin with. */
export const ERRORS = 'Infer';

const OF_UNITS = ['ModelError', 'UnitUnreachable', 'UnitTimeout'];
const CALL = {
  tag: 'graph',
  failures: ['BadRequest', 'PayloadTooLarge', ...OF_UNITS],
} as const satisfies Partial<Description>;

function components(whole: Metadata | undefined, name: string) {
  const infer = inferComponents(whole, name);
  const prediction = predictionComponents(whole ?? NOTHING_KNOWN, name);
  return {
    schemas: { ...infer.schemas, ...prediction.schemas },
    requestBodies: { ...infer.requestBodies, ...prediction.requestBodies },
    requestExamples: { ...infer.examples, ...prediction.examples },
    responses: { ...infer.responses, ...prediction.responses },
  };
}

const INFER: Description = {
  ...CALL,
  summary: 'Infer',
  description:
    'Sends the tensors through the graph: the `outputs` of a unit are the `inputs` of the next one. `{model}` may be ' +
    'any name. Tensors may follow the JSON as bytes, with the header `Inference-Header-Content-Length`.',
  request: 'InferRequest',
  answer: 'InferAnswer',
};
const INFER_READY: Description = {
  tag: 'health',
  summary: 'Whether all units can serve',
  description: 'Loads the models of this process, and connects to the units elsewhere.',
  answer: 'InferReady',
  failures: ['Unavailable'],
};
const OF_UNIT = { tag: 'units', description: '`{model}` is a unit, or the deployment.' } as const;
const NAMES: Description = {
  tag: 'description',
  summary: 'The model that is served',
  description: 'A list with one name, that of the deployment.',
  answer: 'InferModels',
  failures: [],
};

const OPEN_INFERENCE: Readonly<Record<string, Description>> = {
  '/v2/models/infer': INFER,
  '/v2/models/{model}/infer': INFER,
  '/v2': {
    tag: 'description',
    summary: 'What the server is',
    description: 'Loads nothing.',
    answer: 'InferServer',
    failures: [],
  },
  '/v2/models': NAMES,
  '/v2/models/{model}': {
    ...OF_UNIT,
    summary: 'What the graph or one of its units says about itself',
    answer: 'InferModel',
    failures: OF_UNITS,
  },
  '/v2/models/{model}/ready': {
    ...OF_UNIT,
    summary: 'Whether the graph or one of its units can serve',
    answer: 'InferReady',
    failures: ['Unavailable', ...OF_UNITS],
  },
  '/v2/health/ready': INFER_READY,
  '/v2/health/live': {
    tag: 'health',
    summary: 'Whether the function of the graph runs',
    description: 'Loads nothing.',
    answer: 'InferLive',
    failures: [],
  },
};

const PREDICT: Description = {
  ...CALL,
  summary: 'Predict',
  description:
    'Sends the values through the graph: the `predictions` of a unit are the `instances` of the next one. `{model}` ' +
    'may be any name, with `:predict` behind it.',
  request: 'PredictionRequest',
  verb: 'predict',
  answer: 'Prediction',
};
const TENSORFLOW: Readonly<Record<string, Description>> = {
  'POST /v1/models:predict': PREDICT,
  'POST /v1/models/{model}': PREDICT,
  'GET /v1/models/{model}': {
    ...OF_UNIT,
    summary: 'Whether the graph or one of its units can serve',
    answer: 'PredictionStatus',
    failures: ['Unavailable', ...OF_UNITS],
  },
  'GET /v1/models': NAMES,
  'GET /v1/models/{model}/metadata': {
    ...OF_UNIT,
    summary: 'What the graph or one of its units says about itself',
    answer: 'PredictionMetadata',
    failures: OF_UNITS,
  },
};
const NO_FEEDBACK: Description = {
  tag: 'feedback',
  summary: 'Is answered with itself',
  description: 'The protocol has no feedback: no unit gets it.',
  request: 'Feedback',
  answer: 'GraphFeedback',
  failures: [],
};

/** The words of each protocol, by its name; Seldon's are those of all graphs. */
export const GRAPH_WORDS: Readonly<Record<string, GraphWords>> = {
  'open-inference': {
    title: 'the Open Inference Protocol',
    describe: (_name, path) => OPEN_INFERENCE[path],
    components,
  },
  tensorflow: {
    title: 'the REST API of TensorFlow Serving',
    describe: (name, path, method) => (name === 'feedback' ? NO_FEEDBACK : TENSORFLOW[`${method} ${path}`]),
    components,
  },
};
