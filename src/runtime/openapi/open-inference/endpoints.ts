import { openInference } from '../../protocols/open-inference/open-inference.ts';
import type { EndpointName } from '../../routes.ts';
import { type Deployed, type DescribedEndpoint, type Description, isDeployedBeside } from '../endpoints.ts';

const TAG = 'open-inference';
const CALL = { tag: TAG, failures: ['BadRequest', 'PayloadTooLarge', 'ModelError'] } as const;

/** A description for each end of a path of the Open Inference Protocol; the first one that matches. */
const DESCRIPTIONS: readonly (readonly [end: RegExp, Description])[] = [
  [
    /\/infer$/,
    {
      ...CALL,
      summary: 'Infer',
      description:
        'Calls `predict`, or the transformer of a class without it. Tensors may follow the JSON as bytes, with ' +
        'the header `Inference-Header-Content-Length`.',
      request: 'InferRequest',
      answer: 'InferAnswer',
    },
  ],
  [
    /\/route$/,
    {
      ...CALL,
      summary: 'Choose the child that a request goes to',
      description: 'For the orchestrator of a graph. A model without `route` answers 400.',
      request: 'InferRequest',
      answer: 'InferBranch',
    },
  ],
  [
    /\/aggregate$/,
    {
      ...CALL,
      summary: 'Combine the answers of several models',
      description: 'For the orchestrator of a graph. A model without `aggregate` answers 400.',
      request: 'InferAnswers',
      answer: 'InferAnswer',
    },
  ],
  [/\/live$/, about('Whether the function runs', 'Does not load the model.', 'InferLive')],
  [
    /\/ready$/,
    {
      ...about('Whether the model can serve', 'Loads the model.', 'InferReady'),
      failures: ['Unavailable', 'ModelError'],
    },
  ],
  [/\/v2$/, about('What the server is', 'Does not load the model.', 'InferServer')],
  [/\/models$/, about('The model that is served', 'A list with one name.', 'InferModels')],
  [/\/index$/, about('The versions of the model', 'The body is not read.', 'InferIndex')],
  [
    /\/(load|unload)$/,
    {
      tag: TAG,
      summary: 'Not possible',
      description: 'A function serves the model that it was deployed with.',
      failures: ['NotImplemented', 'ModelError'],
    },
  ],
  [/dataplane\.json$/, about('The OpenAPI document of all endpoints', 'As at /seldon.json.', 'Document')],
  [/\/docs$/, about('A page to try the model on', 'As at /docs.', 'Page')],
  [/./, { ...about('What the model says about itself', '', 'InferModel'), failures: ['ModelError'] }],
];

function about(summary: string, description: string, answer: string): Description {
  return { tag: TAG, summary, description, answer, failures: [] };
}

/**
 * The endpoints of the Open Inference Protocol that a deployment has.
 *
 * @param model - the model's name, and its last version if it has one, for the examples.
 */
export function inferEndpointsOf(
  deployed: Pick<Deployed, 'deployed'>,
  model: { readonly name: string; readonly version: string | undefined },
): DescribedEndpoint[] {
  const parameters = parametersOf(model);
  return Object.entries(openInference.paths)
    .filter(([name]) => isDeployedBeside(deployed, name as EndpointName))
    .flatMap(([, routes]) => Object.entries(routes))
    .map(([path, methods]) => {
      const found = DESCRIPTIONS.find(([end]) => end.test(path)) as (typeof DESCRIPTIONS)[number];
      return { routes: { [path]: methods }, ...found[1], errors: 'Infer', parameters };
    });
}

function parametersOf({ name, version }: Parameters<typeof inferEndpointsOf>[1]) {
  return {
    model: {
      in: 'path',
      description: "The model's name: that of its metadata, of its class, or PREDICTIVE_UNIT_ID.",
      schema: { type: 'string' },
      example: name,
    },
    version: {
      in: 'path',
      description: "One of the versions in the model's metadata.",
      schema: { type: 'string' },
      ...(version !== undefined && { example: version }),
    },
  } as const satisfies DescribedEndpoint['parameters'];
}
