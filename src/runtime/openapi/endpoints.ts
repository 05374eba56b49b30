/** One endpoint as the document shows it; its paths as its handler has them. */
export interface DescribedEndpoint {
  readonly routes: Readonly<Record<string, readonly ('GET' | 'POST')[]>>;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  /** The schema of its request; none for one that takes nothing. */
  readonly request?: 'SeldonMessage' | 'SeldonMessageList' | 'Feedback';
  /** What it answers, by its name under `#/components/responses/`. */
  readonly answer: string;
  /** Further statuses, by name, beside those that every endpoint has. */
  readonly failures: readonly string[];
}

/** The groups in which the document shows the endpoints. */
export const TAGS = {
  model: 'Calls of the model, one at a time or as a unit of an inference graph.',
  feedback: 'Rewards for earlier answers.',
  metrics: 'Counters, gauges and durations.',
  health: 'Whether the function runs, and whether the model can serve.',
  description: 'What the model and its endpoints are.',
} as const;

/** What may go wrong when the model is called. */
const CALL = ['BadRequest', 'PayloadTooLarge', 'ModelError'];

/** Every endpoint. Handlers are not asked for their routes: each would bring its code and load the model. */
export const ENDPOINTS: readonly DescribedEndpoint[] = [
  {
    routes: {
      '/predict': ['GET', 'POST'],
      '/api/v1.0/predictions': ['POST'],
      '/api/v0.1/predictions': ['POST'],
    },
    tag: 'model',
    summary: 'Predict',
    description: 'A model without `predict` answers an empty array.',
    request: 'SeldonMessage',
    answer: 'Answer',
    failures: CALL,
  },
  {
    routes: { '/transform-input': ['GET', 'POST'] },
    tag: 'model',
    summary: 'Transform what goes into a model',
    description: 'A model without `transformInput` answers what it got.',
    request: 'SeldonMessage',
    answer: 'Answer',
    failures: CALL,
  },
  {
    routes: { '/transform-output': ['GET', 'POST'] },
    tag: 'model',
    summary: 'Transform what comes out of a model',
    description: 'A model without `transformOutput` answers what it got.',
    request: 'SeldonMessage',
    answer: 'Answer',
    failures: CALL,
  },
  {
    routes: { '/route': ['GET', 'POST'] },
    tag: 'model',
    summary: 'Choose the child that a request goes to',
    description: 'A model without `route` answers 400.',
    request: 'SeldonMessage',
    answer: 'Branch',
    failures: CALL,
  },
  {
    routes: { '/aggregate': ['GET', 'POST'] },
    tag: 'model',
    summary: 'Combine the answers of several models',
    description: 'A model without `aggregate` answers 400.',
    request: 'SeldonMessageList',
    answer: 'Answer',
    failures: CALL,
  },
  {
    routes: {
      '/send-feedback': ['GET', 'POST'],
      '/api/v1.0/feedback': ['POST'],
      '/api/v0.1/feedback': ['POST'],
    },
    tag: 'feedback',
    summary: 'Reward an earlier answer',
    description: 'A model without `sendFeedback`, or one that returns nothing, answers an empty array.',
    request: 'Feedback',
    answer: 'Answer',
    failures: CALL,
  },
  {
    routes: { '/health/ping': ['GET'] },
    tag: 'health',
    summary: 'Whether the function runs',
    description: 'Does not load the model.',
    answer: 'Pong',
    failures: [],
  },
  {
    routes: { '/health/status': ['GET'], '/api/v1.0/health/status': ['GET'] },
    tag: 'health',
    summary: 'Whether the model can serve',
    description: 'Loads the model. One without `healthStatus` is healthy once it is loaded.',
    answer: 'Health',
    failures: ['Unavailable', 'ModelError'],
  },
  {
    routes: { '/metadata': ['GET'], '/api/v1.0/metadata': ['GET'] },
    tag: 'description',
    summary: 'What the model says about itself',
    description: 'Defaults, under what the model says, under the environment variable MODEL_METADATA.',
    answer: 'Metadata',
    failures: ['ModelError'],
  },
  {
    routes: { '/metrics': ['GET'], '/prometheus': ['GET'] },
    tag: 'metrics',
    summary: 'What all instances have counted',
    description: 'Text for Prometheus, version 0.0.4.',
    answer: 'Metrics',
    failures: ['Unavailable'],
  },
  {
    routes: { '/seldon.json': ['GET'] },
    tag: 'description',
    summary: 'The OpenAPI document of all endpoints',
    description: 'Is answered even when the model cannot be loaded, then without what it says about itself.',
    answer: 'Document',
    failures: [],
  },
  {
    routes: { '/docs': ['GET'], '/api/v1.0/doc': ['GET'] },
    tag: 'description',
    summary: 'A page to try the model on',
    description: 'Shows what is in this document, and sends requests. Does not load the model.',
    answer: 'Page',
    failures: [],
  },
];
