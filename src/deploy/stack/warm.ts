import { UserError } from '../../bundle/user-error.ts';
import type { Definition, Stack } from '../serverless-types.ts';
import { SINGLE } from './needed.ts';

/**
 * Gives the functions in `warmFunctions` provisioned concurrency (instances that are always ready), reserved
 * concurrency (the most instances), and a schedule that calls them, so that AWS does not end an idle
 * instance.
 *
 * @throws UserError when more instances are provisioned than reserved.
 */
export function keepWarm(stack: Stack): void {
  const { functions, parameters } = stack;
  const { warmFunctions, provisionedConcurrency, reservedConcurrency, warmUp } = parameters;
  if (reservedConcurrency !== 'none' && provisionedConcurrency > reservedConcurrency) {
    throw new UserError(
      `parameter provisionedConcurrency is ${provisionedConcurrency}; ` +
        `expected at most reservedConcurrency, which is ${reservedConcurrency}`,
    );
  }
  // With functions=single there is nothing to choose.
  for (const name of SINGLE in functions ? [SINGLE] : warmFunctions) {
    const definition = functions[name];
    if (definition === undefined) {
      if (provisionedConcurrency > 0 || reservedConcurrency !== 'none' || warmUp !== 'none') {
        throw new UserError(
          `parameter warmFunctions has ${name}, which the model does not have; expected names of ` +
            Object.keys(functions).join(', '),
        );
      }
      continue;
    }
    if (provisionedConcurrency > 0) {
      definition.provisionedConcurrency = provisionedConcurrency;
      addInvokeConfig(stack, name, definition);
    }
    if (reservedConcurrency !== 'none') {
      definition.reservedConcurrency = reservedConcurrency;
    }
    if (warmUp !== 'none') {
      definition.events.push({ schedule: { rate: [warmUp] } });
    }
  }
}

/**
 * With provisioned concurrency, serverless sends failed calls of the alias alone to the queue. A caller that
 * names the function without the alias calls its latest version.
 */
function addInvokeConfig(
  { resources, logicalIdOf }: Stack,
  name: string,
  { destinations, maximumRetryAttempts }: Definition,
): void {
  const id = logicalIdOf(name);
  resources.Resources[`${id.replace(/LambdaFunction$/, '')}LatestInvokeConfig`] = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: id },
      Qualifier: '$LATEST',
      ...(destinations === undefined
        ? {}
        : { DestinationConfig: { OnFailure: { Destination: destinations.onFailure.arn } } }),
      ...(maximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts: maximumRetryAttempts }),
    },
  };
}
