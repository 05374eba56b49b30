import { UserError } from '../../bundle/user-error.ts';
import type { Serverless } from '../serverless-types.ts';
import { addAlarms } from './alarms.ts';
import { shapeApi } from './api.ts';
import { type Parameters, readParameters } from './parameters.ts';
import { grantRoles } from './roles.ts';
import { keepWarm } from './warm.ts';

/**
 * Checks the parameters alone, before serverless puts them into the configuration.
 *
 * @throws UserError for an unknown parameter, or a value that its parameter cannot have.
 */
export function checkParameters(serverless: Serverless): void {
  parametersOf(serverless);
}

/**
 * Removes repeated paths. A path from an environment variable may be one that the function has anyway, and
 * serverless refuses a path that comes twice.
 */
export function dropRepeatedPaths({ configurationInput: { functions } }: Serverless): void {
  for (const definition of Object.values(functions)) {
    definition.events = [...new Map(definition.events.map((each) => [JSON.stringify(each), each])).values()];
  }
}

/**
 * Completes serverless.yml with all that the parameters ask for.
 *
 * @throws UserError for parameters that exclude each other.
 */
export function shapeStack(serverless: Serverless): void {
  const { configurationInput: configuration, instanceId } = serverless;
  configuration.resources.extensions ??= {};
  const parameters = parametersOf(serverless);
  const stage = stageOf(serverless);
  const stack = { ...configuration, name: `${configuration.service}-${stage}`, stage, parameters };
  const api = shapeApi(stack, instanceId);
  grantRoles(stack);
  keepWarm(stack);
  if (parameters.alarms === 'true') {
    addAlarms(stack, api);
  }
  // `serverless print` shows an object that two places share only once, and a path to it at the other place.
  for (const definition of Object.values(stack.functions)) {
    definition.events = copyOf(definition.events);
  }
  const { Resources } = stack.resources;
  for (const [id, resource] of Object.entries(Resources)) {
    Resources[id] = copyOf(resource);
  }
}

function copyOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function parametersOf(serverless: Serverless): Parameters {
  const { configurationInput: configuration, processedInput } = serverless;
  const parameters = readParameters(configuration, stageOf(serverless), processedInput.options.param ?? []);
  const names = Object.keys(configuration.functions);
  const unknown = parameters.warmFunctions.find((name) => !names.includes(name));
  if (unknown === undefined) {
    return parameters;
  }
  throw new UserError(`parameter warmFunctions has ${unknown}; expected names of ${names.join(', ')}`);
}

function stageOf({ configurationInput, processedInput }: Serverless): string {
  return processedInput.options.stage ?? configurationInput.provider.stage ?? 'dev';
}
