import type { Stack } from '../serverless-types.ts';

/**
 * Gives the functions in `warmFunctions` provisioned concurrency (instances that are always ready), and a
 * schedule that calls them, so that AWS does not end an idle instance.
 */
export function keepWarm({ functions, parameters }: Stack): void {
  const { warmFunctions, provisionedConcurrency, warmUp } = parameters;
  for (const name of warmFunctions) {
    const definition = functions[name];
    if (definition === undefined) {
      continue;
    }
    if (provisionedConcurrency > 0) {
      definition.provisionedConcurrency = provisionedConcurrency;
    }
    if (warmUp !== 'none') {
      definition.events.push({ schedule: { rate: [warmUp] } });
    }
  }
}
