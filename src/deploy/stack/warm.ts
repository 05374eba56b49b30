import type { Stack } from '../serverless-types.ts';

/**
 * Gives the functions of `warmFunctions` instances that are always ready, and a schedule that keeps one from
 * going away.
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
