import type { Stack } from '../serverless-types.ts';
import type { Api } from './api.ts';

/** Adds the outputs of the stack that other stacks and people look for. */
export function addOutputs({ resources, functions, provider }: Stack, { url }: Api): void {
  Object.assign(resources.Outputs, {
    // A later deployment compares its model with this one.
    ModelName: { Description: 'MODEL_NAME', Value: provider.environment.MODEL_NAME },
    FailedCallsUrl: {
      Description: 'The queue of asynchronous calls that failed',
      Value: { Ref: 'FailedCalls' },
    },
    ...('docs' in functions
      ? { DocsUrl: { Description: 'The page of the model', Value: { 'Fn::Sub': `${url}/docs` } } }
      : {}),
  });
}
