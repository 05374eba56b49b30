import { GRAPH } from '../project/arrange-functions.ts';
import type { ServedModel } from '../project/models.ts';
import type { Stack } from '../serverless-types.ts';
import type { Api } from './api.ts';

/**
 * Adds the outputs of the stack that other stacks and people look for.
 *
 * @param names - of the models and the graph; none: MODEL_NAME.
 */
export function addOutputs(
  { resources, functions, provider }: Stack,
  { url }: Api,
  names: readonly string[],
): void {
  Object.assign(resources.Outputs, {
    // A later deployment compares its model with this one.
    ModelName: { Description: 'MODEL_NAME', Value: names.join(',') || provider.environment.MODEL_NAME },
    FailedCallsUrl: {
      Description: 'The queue of asynchronous calls that failed',
      Value: { Ref: 'FailedCalls' },
    },
    ...('docs' in functions || GRAPH in functions
      ? { DocsUrl: { Description: 'The page of the model', Value: { 'Fn::Sub': `${url}/docs` } } }
      : {}),
  });
}

/** Adds an output for each of several models. */
export function addUrls({ resources }: Stack, { url }: Api, models: readonly ServedModel[]): void {
  if (models.length > 1) {
    Object.assign(resources.Outputs, Object.fromEntries(models.map((model) => urlOf(model, url))));
  }
}

/** `IrisUrl`: where the paths of a model begin. */
function urlOf({ name, slug, id }: ServedModel, url: string): [string, object] {
  return [`${id}Url`, { Description: `The model ${name}`, Value: { 'Fn::Sub': `${url}/${slug}` } }];
}
