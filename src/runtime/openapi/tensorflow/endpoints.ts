import { tensorflow } from '../../protocols/tensorflow/tensorflow.ts';
import type { EndpointName, HttpMethod } from '../../routes.ts';
import { type Deployed, type DescribedEndpoint, type Description, isDeployedBeside } from '../endpoints.ts';

const TAG = 'tensorflow';

const PREDICT: Description = {
  tag: TAG,
  summary: 'Predict',
  description:
    '`{model}`, or `{version}`, ends in `:predict`. Calls `predict`, or the transformer of a class without it. ' +
    'With `:route` or `:aggregate` it is a call of the orchestrator of a graph.',
  request: 'PredictionRequest',
  verb: 'predict',
  answer: 'Prediction',
  failures: ['BadRequest', 'PayloadTooLarge', 'ModelError'],
};

const STATUS: Description = {
  tag: TAG,
  summary: 'Whether the model can serve',
  description: 'Loads the model.',
  answer: 'PredictionStatus',
  failures: ['Unavailable', 'ModelError'],
};

const METADATA: Description = {
  tag: TAG,
  summary: 'What the model says about itself',
  description: 'One signature, with the inputs and outputs of the metadata.',
  answer: 'PredictionMetadata',
  failures: ['ModelError'],
};

const MODELS: Description = {
  tag: TAG,
  summary: 'The model that is served',
  description: 'A list with one name.',
  answer: 'InferModels',
  failures: [],
};

/**
 * The endpoints of TensorFlow Serving's REST API that a deployment has. Their errors are those of the Open
 * Inference Protocol.
 *
 * @param name - of the model, for the examples.
 */
export function predictionEndpointsOf(
  deployed: Pick<Deployed, 'deployed'>,
  name: string,
): DescribedEndpoint[] {
  const parameters = {
    model: {
      in: 'path',
      description: "The model's name, in a call with `:predict` behind it.",
      schema: { type: 'string' },
      example: name,
    },
    version: {
      in: 'path',
      description: "One of the versions in the model's metadata; 1 where it has none.",
      schema: { type: 'string' },
    },
  } as const satisfies DescribedEndpoint['parameters'];
  return Object.entries(tensorflow.paths)
    .filter(([endpoint]) => isDeployedBeside(deployed, endpoint as EndpointName))
    .flatMap(([endpoint, routes]) =>
      Object.entries(routes).flatMap(([path, methods]) =>
        methods.map((method) => ({
          routes: { [path]: [method] },
          ...describe(endpoint, path, method),
          errors: 'Infer',
          parameters,
        })),
      ),
    );
}

function describe(endpoint: string, path: string, method: HttpMethod): Description {
  if (endpoint === 'predict') {
    return method === 'POST' ? PREDICT : STATUS;
  }
  return path.endsWith('/metadata') ? METADATA : MODELS;
}
