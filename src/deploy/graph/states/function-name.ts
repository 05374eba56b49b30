import { UserError } from '../../../bundle/user-error.ts';
import { modelOf, shownTarget } from '../../../graph/targets.ts';
import type { GraphMethod } from '../../../runtime/graph/bound-unit.ts';
import type { ServedModel } from '../../project/models.ts';

/** A method that a state machine calls. */
export type StateMethod = Exclude<GraphMethod, 'sendFeedback'>;

/** The function of each method, as this package deploys them. */
const FUNCTIONS: Readonly<Record<StateMethod, string>> = {
  predict: 'predict',
  transformInput: 'transform-input',
  transformOutput: 'transform-output',
  route: 'route',
  aggregate: 'aggregate',
};

/** The functions of the classes of a project. */
export interface OwnFunctions {
  /** Service and stage, with which all names begin; undefined when it is not known. */
  readonly stack: string | undefined;
  /** The models that serverless.yml lists: the classes that have functions beside that of the graph. */
  readonly models: readonly ServedModel[];
}

/**
 * The name or ARN of the function that a state machine calls for a method of a unit, by a direct invocation.
 *
 * @throws UserError for a unit that no direct invocation reaches.
 */
export function functionName(unit: string, target: string, method: StateMethod, own: OwnFunctions): string {
  const model = modelOf(target);
  if (model !== undefined) {
    return ofClass(unit, model, method, own);
  }
  const name = /^(?:lambda:|(?=arn:))(.+)$/.exec(target)?.[1];
  if (name === undefined) {
    return refuse(
      unit,
      shownTarget(target),
      'which is no function; expected one: bind the unit to it by SELDON_GRAPH_NODES',
    );
  }
  return name.includes('*') || method === 'predict'
    ? name.replace('*', FUNCTIONS[method])
    : refuse(
        unit,
        shownTarget(target),
        `one function for all paths, of which a direct invocation is a prediction, and not ${FUNCTIONS[method]}; ` +
          'expected a function for each, such as lambda:name-*',
      );
}

function ofClass(unit: string, model: string, method: StateMethod, { stack, models }: OwnFunctions): string {
  const found = models.find(({ name }) => name === model);
  const target = `the class ${model}`;
  if (found === undefined) {
    return refuse(
      unit,
      target,
      'which has no function of its own; list it in models of serverless.yml, or bind the unit to a function by ' +
        'SELDON_GRAPH_NODES',
    );
  }
  if (found.settings.functions === 'single') {
    return refuse(
      unit,
      target,
      'which has one function for all paths: its functions are single in serverless.yml',
    );
  }
  return stack === undefined
    ? refuse(
        unit,
        target,
        'and service in serverless.yml does not say the name of its function; expected --stack <service>-<stage>',
      )
    : `${stack}-${found.prefix}${FUNCTIONS[method]}`;
}

function refuse(unit: string, target: string, problem: string): never {
  throw new UserError(`the unit ${unit} is ${target}, ${problem}`);
}
