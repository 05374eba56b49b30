import { UserError } from '../../bundle/user-error.ts';
import type { Group } from '../project/groups.ts';
import type { Stack } from '../serverless-types.ts';
import { isMerged, mergeFunctions } from './needed.ts';

/**
 * CloudFormation's limit for the resources of a stack.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MAX_RESOURCES = 500;
/** Buckets, API, stage, authorizers, keys, alarms of the stack as a whole. */
const OTHERS = 30;

/**
 * Gives models one function for all their paths, the last first, until CloudFormation takes the stack.
 *
 * @returns a sentence that says for which; undefined when nothing was changed.
 * @throws UserError when the stack is too large even then.
 */
export function fitLimits(stack: Stack, groups: readonly Group[]): string | undefined {
  const before = countResources(stack);
  const merged: string[] = [];
  for (const group of [...groups].reverse()) {
    if (countResources(stack) <= MAX_RESOURCES) {
      break;
    }
    if (!isMerged(stack.functions, group)) {
      mergeFunctions(stack.functions, group);
      merged.push(group.model);
    }
  }
  if (countResources(stack) > MAX_RESOURCES) {
    throw new UserError(
      `the stack would have about ${countResources(stack)} resources, and CloudFormation allows ` +
        `${MAX_RESOURCES}: divide the ${groups.length} models among several services`,
    );
  }
  return merged.length === 0
    ? undefined
    : `the stack would have about ${before} resources, and CloudFormation allows ${MAX_RESOURCES}: ` +
        `${merged.reverse().join(', ')} ${merged.length > 1 ? 'get' : 'gets'} one function for all paths ` +
        '(functions: single)';
}

/** About how many resources the stack will have; rather too many. */
function countResources({ functions, resources, custom, parameters }: Stack): number {
  // Of a REST API: the path itself, its method, and OPTIONS.
  const perRoute = parameters.api === 'rest' || parameters.auth === 'apikey' ? 3 : 2;
  const counts = Object.values(functions).map(
    ({ events, destinations }) => 4 + (destinations === undefined ? 0 : 1) + perRoute * events.length,
  );
  const own = Object.keys(resources.Resources).length + Object.keys(custom.roles).length;
  return OTHERS + own + counts.reduce((sum, count) => sum + count, 0);
}
