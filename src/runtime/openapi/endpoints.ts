import {
  type DeployedName,
  type EndpointName,
  INFER,
  ROUTES,
  type Routes,
  withMetricsPath,
} from '../routes.ts';

/** The document's text about an endpoint, without its paths. */
export interface Description {
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  /** The schema of its request; undefined for an endpoint that takes none. */
  readonly request?:
    | 'SeldonMessage'
    | 'SeldonMessageList'
    | 'Feedback'
    | 'InferRequest'
    | 'InferAnswers'
    | 'PredictionRequest';
  /** Ends its path, behind the last path variable and a colon. */
  readonly verb?: string;
  /** Its answer, by name under `#/components/responses/`; undefined: it always fails. */
  readonly answer?: string;
  /** Further statuses, by name, beside those that every endpoint has. */
  readonly failures: readonly string[];
}

/** The endpoints that a deployment has. */
export interface Deployed {
  /** DEPLOYED_ENDPOINTS: the endpoints that have a function; empty: all. */
  readonly deployed: readonly DeployedName[];
  /** PREDICTIVE_UNIT_METRICS_ENDPOINT. */
  readonly metricsPath: string;
  /** The endpoints whose method the model has; undefined when it cannot be loaded. */
  readonly implemented?: readonly EndpointName[] | undefined;
}

/** One endpoint as the document shows it. */
export interface DescribedEndpoint extends Description {
  readonly routes: Routes;
  /** What the names of its errors begin with; default: they are Seldon's. */
  readonly errors?: string;
  /** Its own headers and path variables, by name; default: a path variable takes any value. */
  readonly parameters?: Readonly<Record<string, Parameter>>;
}

/** A header or a path variable. */
export interface Parameter {
  readonly in: 'header' | 'path';
  readonly description: string;
  readonly schema: object;
  readonly example?: string | undefined;
}

/** The groups in which the document shows the endpoints. */
export const TAGS = {
  graph: 'Calls of the whole graph.',
  units: 'What the single units of the graph are, and whether they can serve.',
  model: 'Calls of the model, one at a time or as a unit of an inference graph.',
  feedback: 'Rewards for earlier answers.',
  metrics: 'Counters, gauges and durations.',
  health: 'Whether the function runs, and whether the model can serve.',
  description: 'What the model and its endpoints are.',
  'open-inference': 'The same in the Open Inference Protocol, version 2.',
  tensorflow: "The same in TensorFlow Serving's REST API, version 1.",
} as const;

/** A call of a method of the model with a message. */
const CALL = {
  tag: 'model',
  request: 'SeldonMessage',
  answer: 'Answer',
  failures: ['BadRequest', 'PayloadTooLarge', 'ModelError'],
} as const satisfies Partial<Description>;

/** Every endpoint, so that the compiler asks for a description of a new one. */
export const DESCRIPTIONS: Readonly<Record<EndpointName, Description>> = {
  predict: {
    ...CALL,
    summary: 'Predict',
    description: 'A model without `predict` answers an empty array.',
  },
  'transform-input': {
    ...CALL,
    summary: 'Transform what goes into a model',
    description: 'A model without `transformInput` answers what it got.',
  },
  'transform-output': {
    ...CALL,
    summary: 'Transform what comes out of a model',
    description: 'A model without `transformOutput` answers what it got.',
  },
  route: {
    ...CALL,
    summary: 'Choose the child that a request goes to',
    description: 'A model without `route` answers 400.',
    answer: 'Branch',
  },
  aggregate: {
    ...CALL,
    summary: 'Combine the answers of several models',
    description: 'A model without `aggregate` answers 400.',
    request: 'SeldonMessageList',
  },
  'send-feedback': {
    ...CALL,
    tag: 'feedback',
    summary: 'Reward an earlier answer',
    description: 'A model without `sendFeedback`, or one that returns nothing, answers an empty array.',
    request: 'Feedback',
  },
  ping: {
    tag: 'health',
    summary: 'Whether the function runs',
    description: 'Does not load the model.',
    answer: 'Pong',
    failures: [],
  },
  'health-status': {
    tag: 'health',
    summary: 'Whether the model can serve',
    description: 'Loads the model. One without `healthStatus` is healthy once it is loaded.',
    answer: 'Health',
    failures: ['Unavailable', 'ModelError'],
  },
  metadata: {
    tag: 'description',
    summary: 'What the model says about itself',
    description: 'Defaults, under what the model says, under the environment variable MODEL_METADATA.',
    answer: 'Metadata',
    failures: ['ModelError'],
  },
  metrics: {
    tag: 'metrics',
    summary: 'What all instances have counted',
    description: 'Text for Prometheus, version 0.0.4.',
    answer: 'Metrics',
    failures: ['Unavailable'],
  },
  openapi: {
    tag: 'description',
    summary: 'The OpenAPI document of all endpoints',
    description: 'Is answered even when the model cannot be loaded, then without what it says about itself.',
    answer: 'Document',
    failures: [],
  },
  docs: {
    tag: 'description',
    summary: 'A page to try the model on',
    description: 'Shows what is in this document, and sends requests. Does not load the model.',
    answer: 'Page',
    failures: [],
  },
};

/** Whether an endpoint has its paths in another protocol than Seldon's. */
export function isDeployedBeside({ deployed }: Pick<Deployed, 'deployed'>, name: EndpointName): boolean {
  return deployed.length === 0 || deployed.includes(name) || (name === 'predict' && deployed.includes(INFER));
}

/**
 * The endpoints of a deployment with their paths in Seldon's protocol. Those whose method the model has come
 * first, because a reader tries the first one.
 */
export function endpointsOf({ deployed, metricsPath, implemented = [] }: Deployed): DescribedEndpoint[] {
  // The keys of the table are the endpoints' names.
  const names = Object.keys(DESCRIPTIONS) as EndpointName[];
  return names
    .filter((name) => deployed.length === 0 || deployed.includes(name))
    .sort((a, b) => Number(implemented.includes(b)) - Number(implemented.includes(a)))
    .map((name) => ({ routes: withMetricsPath(ROUTES[name], metricsPath), ...DESCRIPTIONS[name] }));
}
